import type { Kind } from './imports'

// Words of headers and of file names that speak for a kind, with how much.
const words: Record<Kind, [RegExp, number][]> = {
  orders: [
    [/^(order_?(id|number|no|date|total|status)|invoice(_?(no|id|date))?|lineitem|line_item|subtotal|financial_?status|fulfillment_?status)/, 3],
    [/^(total|shipping|tax(es)?|quantity|qty|unit_?price|discount|coupon)/, 1],
    [/order|comenzi|comand|주문|訂單|invoice|sales/, 0],
  ],
  customers: [
    [/^(first_?name|last_?name|birth|accepts_|gender|marital|total_?(spent|orders))/, 3],
    [/^(e_?mail|phone|city|region|postcode|zip|tags|created_?at|customer_?id)/, 1],
    [/customer|client|고객|顧客|客戶|users/, 0],
  ],
  products: [
    [/^(handle|vendor|variant|product_?type|image_?(src|link|url)|stock|inventory|cost|collection)/, 3],
    [/^(sku|title|brand|category|price|product_?id|url)/, 1],
    [/product|produse|catalog|상품|商品/, 0],
  ],
  events: [
    [/^(event(_?(name|type))?|anonymous_?id|message_?id|properties|visitor_?id|device_?id)/, 3],
    [/^(timestamp|sent_?at|received_?at|page|session|user_?id)/, 1],
    [/event|track|clicks|이벤트|事件/, 0],
  ],
  rates: [
    [/^(rate|exchange_?rate)$/, 4],
    [/^(date|day|currency)/, 1],
    [/rate|curs|fx|환율|匯率/, 0],
  ],
}

/** How much of a file is looked at. */
export const guessBytes = 4096

/** Guesses what a file holds by its name and its first characters. */
export function guess(name: string, beginning: string): Kind {
  const header = headerOf(beginning)
  const file = name.toLowerCase()
  let best: Kind = 'orders'
  let most = 0
  for (const kind of ['orders', 'customers', 'products', 'events', 'rates'] as const) {
    let points = 0
    for (const [pattern, weight] of words[kind]) {
      if (weight === 0) points += pattern.test(file) ? 4 : 0
      else points += weight * header.filter((cell) => pattern.test(cell)).length
    }
    if (points > most) [best, most] = [kind, points]
  }
  return best
}

function headerOf(beginning: string): string[] {
  const text = beginning.replace(/^\uFEFF/, '').trimStart()
  const cells = text.startsWith('{') || text.startsWith('[') ? [...text.matchAll(/"([^"\\]+)"\s*:/g)].map((m) => m[1] ?? '') : (text.split(/\r?\n/)[0] ?? '').split(/[,;\t|]/)
  return [...new Set(cells.map((cell) => cell.trim().replace(/^"|"$/g, '').toLowerCase().replace(/[\s-]+/g, '_')))]
}

import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Browser } from 'playwright-core'

import { startBrowser } from './browser'
import { Builder } from './builder'
import { startKith, type Kith } from './kith'

let kith: Kith
let browser: Browser
let builder: Builder

beforeAll(async () => {
  ;[kith, browser] = await Promise.all([startKith('demo', '--customers', '500'), startBrowser()])
  builder = await Builder.open(browser, kith)
})
afterAll(async () => {
  await browser.close()
  await kith.stop()
})

/** The text, and what is done for it. */
const conditions: [text: string, ...steps: string[]][] = [
  // Fields of the customer, of each type.
  ['country = "RO"', '+ country', 'Value = RO'],
  ['age >= 30', '+ age', 'Value = 30'],
  ['cart.value > 49.95', '+ value of the cart', 'Comparison: is more than', 'Value = 49.95'],
  ['subscribed.email = true', '+ subscribed to e-mails'],
  ['subscribed.sms = false', '+ subscribed to SMS', 'Value: no'],
  ['birth_date < 2000-01-31', '+ birthday', 'Comparison: is before', 'Date: a certain date', 'Value = 2000-01-31'],
  ['created_at >= 2 weeks ago', '+ customer since', 'How long = 2', 'Unit of time: weeks'],
  ['tags contains "vip"', '+ customer tags', 'Value = vip'],
  ['not tags in ("vip", "press")', '+ customer tags', 'Comparison: is one of', 'Value 1 = vip', '[Add a value]', 'Value 2 = press', '[What to do with this condition]', '> Turn into the opposite'],
  ['stage = "first-time"', '+ stage', 'Value: first-time buyer'],
  ['traits.shoe_size >= 38', '+ Shoe size', 'Comparison: is at least', 'Value = 38'],
  ['traits.club = true', '+ country', '[What is compared: country]', 'Another customer field, by its name = club', '[Use]', 'Kind of value: yes or no'],
  // Comparisons.
  ['not country = "RO"', '+ country', 'Comparison: is not', 'Value = RO', '[Keep them]'],
  ['age between 18 and 29.5', '+ age', 'Comparison: is between', 'Lowest value = 18', 'Highest value = 29.5'],
  ['country in ("RO", "MD")', '+ country', 'Comparison: is one of', 'Value 1 = RO', '[Add a value]', 'Value 2 = MD'],
  ['not country in ("RO", "MD")', '+ country', 'Comparison: is none of', 'Value 1 = RO', '[Add a value]', 'Value 2 = MD', '[Keep them]'],
  ['city contains "poca"', '+ city', 'Comparison: contains', 'Value = poca'],
  ['city starts with "Cluj"', '+ city', 'Comparison: starts with', 'Value = Cluj'],
  ['email_domain ends with ".ro"', '+ e-mail domain', 'Comparison: ends with', 'Value = .ro'],
  ['postcode matches "^4\\d+"', '+ postcode', 'Comparison: matches the pattern (RE2)', 'Value = ^4\\d+'],
  ['city is missing', '+ city', 'Comparison: is not known'],
  ['city is not missing', '+ city', 'Comparison: is known'],
  ['birth_date anniversary today', '+ birthday', 'Comparison: has its anniversary today'],
  ['birth_date anniversary in next 7 days', '+ birthday', 'Comparison: has its anniversary in the next'],
  ['birth_date anniversary in last 3 days', '+ birthday', 'Comparison: had its anniversary in the last', 'Days = 3'],
  // What happened, and when.
  ['has order', '+ placed an order'],
  ['no order in last 90 days', '+ placed an order', 'What happened: placed no order', 'When: in the last …', 'How long = 90'],
  ['has order before 6 months ago', '+ placed an order', 'When: more than … ago', 'How long = 6', 'Unit of time: months'],
  ['has order between 60 days and 30 days ago', '+ placed an order', 'When: between … and … ago'],
  ['has order today', '+ placed an order', 'When: today'],
  ['has order yesterday', '+ placed an order', 'When: yesterday'],
  ['has order this week', '+ placed an order', 'When: this week'],
  ['has order previous month', '+ placed an order', 'When: last month'],
  ['has order this quarter', '+ placed an order', 'When: this quarter'],
  ['has order previous year', '+ placed an order', 'When: last year'],
  ['has order since 2026-01-01', '+ placed an order', 'When: since a date', 'Date = 2026-01-01'],
  ['has order before 2026-01-01', '+ placed an order', 'When: before a date', 'Date = 2026-01-01'],
  ['has order between 2026-01-01 and 2026-01-31', '+ placed an order', 'When: between two dates', 'From = 2026-01-01', 'To = 2026-01-31'],
  ['has visit since first order', '+ visited the shop', 'When: since the first …'],
  ['no visit since last refund', '+ visited the shop', 'What happened: did not visit the shop', 'When: since the last …', 'What happened#2: refunds'],
  ['has product_viewed in last 30 days', '+ viewed a product', 'When: in the last …'],
  // Only certain ones.
  ['has order[total > 100]', '+ placed an order', '[Only certain ones: orders]', '> amount', 'Comparison: is more than', 'Value = 100'],
  ['no item[category = "shoes"] in last 1 year', '+ bought an item, by category', 'Value = shoes', 'What happened: bought no item', 'When: in the last …', 'How long = 1', 'Unit of time: year'],
  ['has order[coupon is not missing and total >= 50] this month', '+ placed an order', 'When: this month', '[Only certain ones: orders]', '> coupon code', 'Comparison: is known', '[Add a condition]#1', '> amount', 'Value = 50'],
  ['has order[status = "refunded" or total = 0]', '+ placed an order', '[Only certain ones: orders]', '> status', 'Value: refunded', '[Add a condition]#1', '> amount', 'Comparison#2: is exactly', 'Value#-1 = 0', 'How many must hold: any of these'],
  ['has order[not country = shop.country]', '+ placed an order', '[Only certain ones: orders]', '> country', '[More: compare with something else, calculate]', '[Change: Value]', '> A field of the customer or the fact', "Value: the shop's country", '[What to do with this condition]#2', '> Turn into the opposite'],
  ['has favourite[stock <= 3 and purchased = false]', '+ has a favourite', '[Only certain ones: favourites]', '> stock', 'Comparison: is at most', 'Value = 3', '[Add a condition]#1', '> bought since', 'Value#-1: no'],
  // Numbers out of what happened.
  ['count(order) >= 3', '+ number of orders', 'Value = 3'],
  ['count(product_viewed[category = "shoes" and price > 100]) in last 14 days >= 3', '+ number of orders', 'What happened: product views', 'When: in the last …', 'How long = 14', 'Value = 3',
    '[Only certain ones: product views]', '> category', 'Value#2 = shoes', '[Add a condition]#1', '> price', 'Comparison#3: is more than', 'Value#3 = 100'],
  ['days(order) in last 12 months >= 2', '+ number of orders', 'How it is worked out: number of days with', 'When: in the last …', 'How long = 12', 'Unit of time: months', 'Value = 2'],
  ['sum(order.total) in last 365 days >= 500', '+ sum of the amount of orders', 'When: in the last …', 'How long = 365', 'Value = 500'],
  ['avg(order[status = "paid"].total) > 75', '+ average amount of orders', '[Only certain ones: orders]', '> status', 'Value: paid', 'Comparison: is more than', 'Value = 75'],
  ['min(item.price) < 10', '+ sum of the quantity of items bought', 'How it is worked out: smallest', 'Of which field: price', 'Comparison: is less than', 'Value = 10'],
  ['max(order.total) between 100 and 200', '+ sum of the amount of orders', 'How it is worked out: largest', 'Comparison: is between', 'Lowest value = 100', 'Highest value = 200'],
  ['distinct(item.category) >= 3', '+ number of different values, category of items bought', 'Value = 3'],
  ['first(order.at) >= 2026-01-01', '+ date of the first order', 'Date: a certain date', 'Value = 2026-01-01'],
  ['last(order.at) < 60 days ago', '+ date of the last order', 'Comparison: is before', 'How long = 60'],
  ['last(order.coupon) = "SPRING"', '+ date of the last order', 'Of which field: coupon code', 'Value = SPRING'],
  // Calculations.
  ['count(order[coupon is not missing]) / count(order) >= 0.5', '+ number of orders', '[Only certain ones: orders]', '> coupon code', 'Comparison#2: is known', 'Value = 0.5',
    '[More: compare with something else, calculate]#1', '[Change: What is compared]', '> divided by …', '[Change: Right side]', '> A number out of orders, visits …'],
  ['sum(order.total) in last 365 days - sum(refund.total) in last 365 days >= 500', '+ sum of the amount of orders', 'When: in the last …', 'How long = 365', 'Value = 500',
    '[More: compare with something else, calculate]', '[Change: What is compared]', '> minus …', '[Change: Right side]', '> A number out of orders, visits …', 'How it is worked out#2: sum', 'What happened#2: refunds', 'When#2: in the last …', 'How long#2 = 365'],
  ['spend.net > (cart.value + 10) * 2', '+ net spend', 'Comparison: is more than', 'Value = 10', '[More: compare with something else, calculate]', '[Change: Value]', '> plus …', 'Right side = 10',
    '[Change: Left side]', '> A field of the customer or the fact', 'Left side: value of the cart', '[Change: Value]', '> times …', 'Right side#-1 = 2'],
  ['percentile(sum(order.total) in last 12 months) >= 90', '+ top spenders, by percentile rank'],
  ['percentile(count(visit)) < 50', '+ number of visits', 'Comparison: is less than', 'Value = 50', '[More: compare with something else, calculate]', '[Change: What is compared]', '> Its rank among all customers'],
  // Groups.
  ['has order and country = "RO"', '+ placed an order', '+ country', 'Value = RO'],
  ['has order or country = "RO"', '+ placed an order', '+ country', 'Value = RO', 'How many must hold: any of these'],
  ['at least 2 of (rfm.frequency >= 4, clv.value_12m > 300, in segment "newsletter-subscribers")', '+ RFM: frequency (1–5)', 'Value = 4', '+ value expected in 12 months', 'Comparison#2: is more than', 'Value#2 = 300',
    '+ is in the segment', 'Segment: Newsletter subscribers', 'How many must hold: at least … of these'],
  ['not (has order or has visit)', '+ placed an order', '+ visited the shop', 'How many must hold: none of these'],
  ['not (has order and has visit)', '+ placed an order', '+ visited the shop', 'How many must hold: not all of these'],
  ['not at least 2 of (has order, has visit, has refund)', '+ placed an order', '+ visited the shop', '+ got a refund', 'How many must hold: fewer than … of these'],
  ['has order and (country = "RO" or country = "MD")', '+ placed an order', '[Add a group]', '> country', 'Value = RO', '[Add a condition]#1', '> country', 'Value#2 = MD'],
  ['has order and not (no visit or has refund and has ticket)', '+ placed an order', '[Add a group]', '> visited the shop', 'What happened#2: did not visit the shop', '[Add a group]#1', '> got a refund',
    '[Add a condition]#1', '> wrote to support', '[What to do with this group]#1', '> Turn into the opposite'],
  // In order, in segments, by chance.
  ['sequence(product_added, no order within 4 hours) in last 7 days', '+ did several things in order'],
  ['sequence(product_viewed[category = "shoes"], product_added within 2 days, no order within 1 week)', '+ did several things in order', 'When: at any time', 'What happened#1: viewed a product', '[Only certain ones: product views]', '> category', 'Value = shoes',
    'How long = 1', 'Unit of time: week', '[Add a step]', 'What happened#-1: added a product to the cart', 'How long#-1 = 2', '[Move step 3 up]'],
  ['in segment "lapsed-buyers"', '+ is in the segment', 'Segment: Lapsed buyers'],
  ['entered segment "lapsed-buyers" in last 7 days', '+ entered the segment', 'Segment: Lapsed buyers'],
  ['left segment "recent-buyers" previous week', '+ left the segment', 'Segment: Recent buyers', 'When: last week'],
  ['percent(10)', '+ a random share of customers'],
  ['percent(25, "spring")', '+ a random share of customers', 'Percent of customers = 25', 'Name of the draw: the same name draws the same customers = spring'],
  ['rfm.group in ("Champions", "Loyal")', '+ RFM group', 'Comparison: is one of', 'Value 1: Champions', '[Add a value]', 'Value 2: Loyal'],
  ['clv.alive < 0.3 and price_band = "premium"', '+ chance of still being a customer', 'Comparison: is less than', 'Value = 0.3', '+ price band', 'Value: premium'],
  ['everyone', '+ every customer'],
]

test.each(conditions)('by mouse: %s', async (text, ...steps) => {
  await builder.startOver()
  for (const step of steps) {
    await builder.do(step).catch((error: unknown) => {
      throw new Error(`at "${step}"`, { cause: error })
    })
  }
  expect(await builder.text()).toBe(text)
  expect(await builder.check(text)).toBe(text)
  expect(builder.wrong.splice(0)).toEqual([])
})

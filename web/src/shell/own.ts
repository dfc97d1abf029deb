/** Whether an address is one of this console: browsers read more than // as the beginning of another host's. */
export function isOwn(address: string, origin: string = location.origin): boolean {
  return address.startsWith('/') && URL.canParse(address, origin) && new URL(address, origin).origin === origin
}

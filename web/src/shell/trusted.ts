interface TrustedTypes {
  createPolicy(name: string, rules: { createHTML(text: string): string }): unknown
}

/**
 * Lets components write style sheets into <style> elements, and refuses
 * whatever could be markup. The security policy of the page sends every text
 * that is to become markup through here (W3C Trusted Types, default policy).
 */
export function trustNoMarkup() {
  const types = (window as { trustedTypes?: TrustedTypes }).trustedTypes
  types?.createPolicy('default', {
    createHTML(text) {
      if (text.includes('<')) throw new TypeError('a text was about to become markup')
      return text
    },
  })
}

/** The nonce of this page's style elements. */
export function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? ''
}

/**
 * Says the nonce to the library that holds the page still behind a window (its
 * style sheet is made while the page runs): it looks where webpack would put it.
 */
export function lendNonce() {
  ;(window as { __webpack_nonce__?: string }).__webpack_nonce__ = styleNonce()
}

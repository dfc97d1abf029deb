import { Problem, type Schemas } from '../api/client'
import { language } from '../locale/locale'

export type Upload = Schemas['Upload']

/** Sends a file. A browser tells only this kind of request how much of it went. */
export function send(file: File, told: (share: number) => void, signal: AbortSignal): Promise<Upload> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', `/v1/uploads?${new URLSearchParams({ name: file.name }).toString()}`)
    request.setRequestHeader('Content-Type', 'application/octet-stream')
    request.setRequestHeader('Accept-Language', language())
    request.responseType = 'json'
    request.upload.onprogress = (e) => told(e.lengthComputable && e.total > 0 ? e.loaded / e.total : 0)
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve(request.response as Upload)
      else reject(new Problem(request.status, request.response))
    }
    request.onerror = () => reject(new Error('the connection broke'))
    request.onabort = () => reject(new DOMException('called off', 'AbortError'))
    signal.addEventListener('abort', () => request.abort(), { once: true })
    if (signal.aborted) reject(new DOMException('called off', 'AbortError'))
    else request.send(file)
  })
}

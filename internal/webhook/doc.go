// Package webhook tells other programs what was recorded: it posts each
// transition to the URLs that asked for it, signed as Standard Webhooks 1.0.0
// has it.
//
// A Book adds, lists, tries, enables and deletes webhooks. A Sender runs while a server
// does: it has a goroutine for each webhook, which walks the record from where
// it stopped and sends one thing after the other.
//
//	           2xx: the cursor moves
//	            ┌─────────┐
//	            ▼         │
//	added ──▶ sending ────┘
//	            │  ▲
//	   anything │  │ later, and later each time
//	       else ▼  │
//	          waiting ──▶ disabled (410, or three days without success)
//
// What always holds: what a webhook asked for arrives at least once and in the
// order of the record, until it is disabled; a cursor is kept before the next
// thing is sent, so that a restart repeats at most the one that was on its way,
// under the same webhook-id; no webhook waits for another, and nothing that
// records waits for a webhook.
//
// It knows nothing of segments, of how things are recorded and of where sending
// is allowed: the Record, the Store and the client are handed in.
package webhook

// Package api is what Kith can be asked, in three forms with the same answers:
// Service answers in process, Handler puts a Service behind HTTP, and Client
// is a Shop that speaks to a Handler. A command does not know which of Service
// and Client it holds.
//
// The HTTP side is described by itself at /openapi.json. Errors are
// problem+json; one function maps error codes to statuses.
//
// Who may ask: the server listens on a loopback address only. It answers only
// requests whose Host is a loopback name, which stops other sites that rebind
// their name to this machine, and refuses what browsers send from other
// origins. What reads or writes by the paths of files, or changes the whole
// shop, needs the token in the folder's lock file, which only the folder's
// owner can read. Keys for other machines come with the console.
package api

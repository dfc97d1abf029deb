// Package api is what Kith can be asked, in three forms with the same answers:
// Service answers in process, Handler puts a Service behind HTTP, and Client
// is a Shop that speaks to a Handler. A command does not know which of Service
// and Client it holds.
//
// The HTTP side is described by itself at /openapi.json. Errors are
// problem+json; one function maps error codes to statuses.
//
// Who may ask: every Route declares a permission (package user has the table of
// who has which), and one that declares none is not registered. The guard finds
// the route before anything of the request is read, identifies whoever asks by
// the lock file's token, a key or a session's cookie, and answers 401 or 403;
// behind it, visitOf says who it was. Handlers mask contact data for whoever
// sees none (mask.go). What Service does on somebody's behalf is recorded in the
// audit log under the actor that the guard put into the context.
//
// The server listens on a loopback address only. It answers only requests whose
// Host is a loopback name, or that of HandlerConfig.URL, which stops other sites
// that rebind their name to this machine, and refuses what browsers send from
// other origins.
package api

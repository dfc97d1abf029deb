// Package user is who may ask Kith what: users with roles, their passwords,
// second factors and sessions, one-time links, and keys for programs.
//
// A Book does all of it over a Store, which keeps the audit log's entry of a
// change in the same transaction as the change. Package api turns a cookie or a
// key into an Identity through a Book and asks it Identity.May; the table of
// roles and permissions is in permission.go, and nowhere else.
//
//	owner, editor ... ──▶ Role ──▶ Permissions
//	token, session, key ──▶ Identity.May(Permission)
//
// What always holds: passwords are kept as argon2id, tokens, keys and recovery
// codes as SHA-256 of at least 80 random bits; what is shown once is not kept;
// there is an owner who can log in as soon as there was one; every session of a
// user ends when the password, the role, the second factor or being disabled
// changes; a link and a code work once. How long a log-in takes and what it
// answers does not say whether an e-mail is known.
//
// It knows nothing of HTTP and of how things are kept. One process has one Book
// for a store: changes wait for each other in it.
package user

// Package web is the console: the React application under src, built by Vite
// into dist and embedded, and the handler that serves it.
//
// It is not the API: pages ask package api through HTTP as any client does.
// Only cmd/kith uses it. A program built without the tag "console" has no
// pages but one that says how to build them, so that Go builds without Node.
//
// What always holds: no page runs or loads what is not in the binary (the
// content security policy says so), and a page holds nothing of the shop: it
// may be shown to anybody.
package web

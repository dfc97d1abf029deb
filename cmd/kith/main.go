// Command kith is customer segmentation for online shops: one program that
// takes a shop's files, and answers questions about its customers.
//
// Every file beside this one is one command, or joins the stores to the
// domain (open.go, facts.go, read.go). main does nothing but call run, so
// that a test can run the program as often as it likes, in one process.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // shops have time zones on machines without them
)

// version is set when the program is built.
var version = "dev"

func main() {
	// What is made in a shop's folder is its owner's alone.
	syscall.Umask(0o077)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}

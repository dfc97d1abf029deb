package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"kith/internal/api"
	"kith/internal/commerce"
	"kith/internal/folder"
)

const defaultAddress = "127.0.0.1:7766"

func (p *program) serveCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "serve",
		Short: "Serve the shop until interrupted",
		Args:  noArgs,
	}
	address := c.Flags().String("addr", defaultAddress, "HOST:PORT to listen on; a loopback address")
	p.webhookFlag(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		return during("serving", p.serveFolder(c.Context(), *address))
	}
	return c
}

func (p *program) serveFolder(ctx context.Context, address string) error {
	f, lock, owner, err := p.lock(ctx, mayMake)
	if err != nil {
		return err
	}
	if lock == nil {
		return alreadyServed(owner)
	}
	shop, err := p.openWith(ctx, f, lock, openFacts, (*local).serveLive)
	if err != nil {
		return err
	}
	return errors.Join(p.serve(ctx, shop, address), shop.Close())
}

func alreadyServed(owner folder.Owner) error {
	return commerce.Errorf(commerce.CodeConflict, "a server owns this folder already: http://%s (process %d)", owner.Address, owner.PID)
}

// serve answers requests until the context ends. Whoever reads the lock file
// finds the server from then on.
func (p *program) serve(ctx context.Context, shop *local, address string) error {
	listener, err := listen(ctx, address)
	if err != nil {
		return err
	}
	shop.keeping.leads.Store(true)
	limitHeap()
	if err := shop.facts.giveWay(ctx); err != nil {
		return errors.Join(err, listener.Close())
	}
	token := rand.Text()
	logs := slog.New(slog.NewTextHandler(p.stderr, nil))
	serving, stopped := context.WithCancel(ctx)
	defer stopped()
	handler, err := api.Handler(api.HandlerConfig{Shop: shop.Service, Token: token, Version: version, Log: logs, Done: serving})
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(logs.Handler(), slog.LevelWarn),
	}
	failed := make(chan error, 3)
	go func() { failed <- server.Serve(listener) }()
	following := make(chan struct{})
	go func() {
		defer close(following)
		if err := shop.keeping.follow(serving, logs); err != nil && serving.Err() == nil {
			failed <- err
		}
	}()
	sending := make(chan struct{})
	go func() {
		defer close(sending)
		keeper, err := shop.keeping.begin(serving)
		if err != nil {
			return // follow says so
		}
		if err := shop.sendWebhooks(serving, keeper, logs); err != nil && serving.Err() == nil {
			failed <- err
		}
	}()
	// Only now can it be found.
	if err := shop.lock.Tell(folder.Owner{Address: listener.Addr().String(), Token: token}); err != nil {
		return errors.Join(err, server.Close())
	}
	p.say("there are no users and keys yet: whoever can log in to this machine can read and change the shop at this address while it is served")
	fmt.Fprintf(p.stdout, "http://%s\n", listener.Addr())
	select {
	case err = <-failed:
	case <-ctx.Done():
		p.say("stopping")
	}
	stopped()
	err = errors.Join(err, stop(server))
	<-following
	<-sending
	return err
}

// drain is how long requests may take to end when the server stops.
const drain = 10 * time.Second

func stop(server *http.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), drain)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		return errors.Join(err, server.Close())
	}
	return nil
}

// listen opens a loopback address. Others come with keys and a console, that
// say who may ask.
func listen(ctx context.Context, address string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, commerce.Errorf(commerce.CodeInvalid, "--addr is %q, not HOST:PORT", address)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, commerce.Errorf(commerce.CodeInvalid, "--addr is %q: Kith listens on this machine only (127.0.0.1, ::1, localhost)", address)
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("%w; choose another with --addr", err)
	}
	return listener, nil
}

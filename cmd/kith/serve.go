package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"kith/internal/api"
	"kith/internal/commerce"
	"kith/internal/folder"
	"kith/web"
)

const defaultAddress = "127.0.0.1:7766"

func (p *program) serveCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "serve",
		Short: "Serve the shop until interrupted",
		Args:  noArgs,
	}
	address := c.Flags().String("addr", defaultAddress, "HOST:PORT to listen on; a loopback address")
	public := urlFlag(c)
	figures := c.Flags().String("metrics", "", "HOST:PORT of this machine at which /metrics gives figures for Prometheus; none if it is empty")
	p.webhookFlag(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		return during("serving", p.serveFolder(c.Context(), *address, *public, *figures))
	}
	return c
}

// urlFlag adds --url to a command that serves.
func urlFlag(c *cobra.Command) *string {
	return c.Flags().String("url", "", "where a TLS proxy on this machine takes requests for the shop, like https://kith.shop.example")
}

// parsePublic reads --url; nil for none.
func parsePublic(text string) (*url.URL, error) {
	if text == "" {
		return nil, nil //nolint:nilnil // there is none
	}
	wrong := commerce.Errorf(commerce.CodeInvalid, "--url is %q, not like https://kith.shop.example", text)
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || strings.HasSuffix(u.Host, ":") || u.Path != "" && u.Path != "/" {
		return nil, wrong
	}
	u.Path = ""
	// As browsers write it.
	u.Host = strings.TrimSuffix(strings.ToLower(u.Host), map[string]string{"http": ":80", "https": ":443"}[u.Scheme])
	if u.String() != u.Scheme+"://"+u.Host { // a user, a query, a fragment, a host with escapes
		return nil, wrong
	}
	return u, nil
}

func (p *program) serveFolder(ctx context.Context, address, public, figures string) error {
	if _, err := parsePublic(public); err != nil {
		return err
	}
	f, lock, owner, err := p.lock(ctx, mayMake)
	if err != nil {
		return err
	}
	if lock == nil {
		return alreadyServed(owner)
	}
	// Events are taken as soon as they can be written, before the stores know
	// what is in the log: making a warehouse anew may take minutes.
	var s *server
	shop, err := p.openAnew(ctx, f, lock, func(l *local, ctx context.Context) (err error) {
		if s, err = p.listenFor(ctx, l, address, public, figures); err != nil {
			return err
		}
		if err = l.serveLive(ctx); err != nil {
			s.stop(&err) // before the stores are closed
		}
		return err
	})
	if ctx.Err() != nil && errors.Is(explain(err), context.Canceled) {
		p.say("stopping")
		return nil
	}
	if err != nil {
		return err
	}
	return errors.Join(s.run(ctx), shop.Close())
}

func alreadyServed(owner folder.Owner) error {
	return commerce.Errorf(commerce.CodeConflict, "a server owns this folder already: http://%s (process %d)", owner.Address, owner.PID)
}

// server answers requests on a folder.
type server struct {
	*program

	shop     *local
	listener net.Listener
	http     *http.Server
	token    string
	logs     *slog.Logger
	serving  context.Context //nolint:containedctx // lives as long as the server
	stopped  context.CancelFunc
	ready    atomic.Bool
	failed   chan error
}

// serve answers requests on a folder that is open until the context ends.
func (p *program) serve(ctx context.Context, shop *local, address, public, figures string) error {
	s, err := p.listenFor(ctx, shop, address, public, figures)
	if err != nil {
		return err
	}
	return s.run(ctx)
}

// listenFor begins to answer: until run, events are taken and everything else
// is told to come again.
func (p *program) listenFor(ctx context.Context, shop *local, address, public, figures string) (_ *server, err error) {
	own, err := parsePublic(public)
	if err != nil {
		return nil, err
	}
	s := &server{program: p, shop: shop, token: rand.Text(), logs: slog.New(slog.NewTextHandler(p.stderr, nil)), failed: make(chan error, 8)}
	if s.listener, err = listen(ctx, "--addr", address); err != nil {
		return nil, err
	}
	s.serving, s.stopped = context.WithCancel(ctx)
	defer func() {
		if err != nil {
			s.stopped()
			err = errors.Join(err, s.listener.Close())
		}
	}()
	found := "http://" + s.listener.Addr().String()
	if own != nil {
		found = own.String()
	}
	shop.address.Store(&found)
	limitHeap()
	pages, err := web.Handler()
	if err != nil {
		return nil, err
	}
	config := api.HandlerConfig{
		Shop: shop.Service, Console: shop.Service, Users: shop.users, Pages: pages, Token: s.token, URL: own, Version: version, Log: s.logs,
		Done: s.serving, Ready: s.ready.Load,
	}
	if figures != "" {
		if config.Observe, err = p.serveMetrics(s.serving, shop, figures, s.failed); err != nil {
			return nil, err
		}
	}
	handler, err := api.Handler(config)
	if err != nil {
		return nil, err
	}
	s.http = &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(s.logs.Handler(), slog.LevelWarn),
	}
	go func() { s.failed <- s.http.Serve(s.listener) }()
	return s, nil
}

// run answers everything until the context ends. Whoever reads the lock file
// finds the server from then on.
func (s *server) run(ctx context.Context) (err error) {
	shop, serving, logs := s.shop, s.serving, s.logs
	fail := func(err error) {
		if err != nil && serving.Err() == nil { // not because it was told to stop
			s.failed <- err
		}
	}
	shop.keeping.leads.Store(true)
	fail(shop.facts.giveWay(serving))
	var work sync.WaitGroup
	work.Go(func() { fail(shop.keeping.follow(serving, logs)) })
	go shop.sweepUploads(serving)
	go func() {
		if err := shop.jobs.Begin(serving); err != nil && serving.Err() == nil {
			logs.ErrorContext(serving, "completing the history of imports", "error", err)
		}
	}()
	work.Go(func() {
		keeper, err := shop.keeping.begin(serving)
		if err != nil {
			return // follow says so
		}
		fail(shop.sendWebhooks(serving, keeper, logs))
	})
	work.Go(func() { shop.keepOverview(serving, logs) })
	work.Go(func() { shop.keepPast(serving, logs) })
	// Only now can it be found.
	s.ready.Store(true)
	fail(shop.lock.Tell(folder.Owner{Address: s.listener.Addr().String(), Token: s.token}))
	fmt.Fprintf(s.stdout, "http://%s\n", s.listener.Addr())
	fail(s.offerSetup(serving, shop))
	select {
	case err = <-s.failed:
	case err = <-shop.broken:
	case <-ctx.Done():
		s.say("stopping")
	}
	s.stop(&err)
	work.Wait()
	return err
}

// stop ends what is being done, and adds to an error what went wrong.
func (s *server) stop(err *error) {
	s.stopped()
	*err = errors.Join(*err, stop(s.http))
}

// offerSetup prints the link that makes the owner, if there are no users yet.
func (p *program) offerSetup(ctx context.Context, shop *local) error {
	setup, needed, err := shop.SetupLink(ctx)
	if err == nil && needed {
		fmt.Fprintf(p.stdout, "set up the owner's account here, once, within 24 hours: %s\n", setup.Link)
	}
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

// listen opens a loopback address: what comes from elsewhere comes through a
// proxy on this machine that speaks TLS.
func listen(ctx context.Context, flag, address string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, commerce.Errorf(commerce.CodeInvalid, "%s is %q, not HOST:PORT", flag, address)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, commerce.Errorf(commerce.CodeInvalid, "%s is %q: Kith listens on this machine only (127.0.0.1, ::1, localhost)", flag, address)
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("%w; choose another with %s", err, flag)
	}
	return listener, nil
}

package main

import (
	"context"
	"net"
	"net/http"
	"net/http/pprof"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"kith/internal/api"
)

// metrics are a server's figures of itself, in the form of Prometheus. There
// are no customers in them, and no names but those of routes.
type metrics struct {
	registry *prometheus.Registry
	events   *prometheus.CounterVec
	requests *prometheus.HistogramVec
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		events: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "kith_events_total", Help: "Events that came in, by what became of them: taken, refused.",
		}, []string{"outcome"}),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "kith_request_seconds", Help: "How long requests took, by route and status.",
			Buckets: []float64{.001, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
		}, []string{"route", "status"}),
	}
	m.registry.MustRegister(m.events, m.requests, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) counted(taken, refused int) {
	m.events.WithLabelValues("taken").Add(float64(taken))
	m.events.WithLabelValues("refused").Add(float64(refused))
}

func (m *metrics) observe(route string, status int, took time.Duration) {
	m.requests.WithLabelValues(route, strconv.Itoa(status)).Observe(took.Seconds())
}

// follow adds how far the stores are in the log, which is looked up when
// somebody asks.
func (m *metrics) follow(ctx context.Context, reached func(ctx context.Context) (api.Reached, error)) {
	for name, of := range map[string]struct {
		help string
		seq  func(r api.Reached) uint64
	}{
		"kith_log_end":             {"The number of the log's last entry.", func(r api.Reached) uint64 { return r.LogEnd }},
		"kith_memberships_applied": {"Up to which entry memberships are kept.", func(r api.Reached) uint64 { return r.MembershipsApplied }},
		"kith_warehouse_applied":   {"Up to which entry counts and lists know.", func(r api.Reached) uint64 { return r.WarehouseApplied }},
	} {
		m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: of.help}, func() float64 {
			r, err := reached(ctx)
			if err != nil {
				return -1
			}
			return float64(of.seq(r))
		}))
	}
}

// serveMetrics begins to answer at an address, and returns what tells of requests.
func (p *program) serveMetrics(ctx context.Context, shop *local, address string, failed chan<- error) (observe func(string, int, time.Duration), err error) {
	listener, err := listen(ctx, "--metrics", address)
	if err != nil {
		return nil, err
	}
	m := newMetrics()
	m.follow(ctx, shop.reached)
	shop.metrics.Store(m)
	p.say("figures for Prometheus: http://%s/metrics", listener.Addr())
	go func() {
		if err := m.serve(ctx, listener); err != nil {
			failed <- err
		}
	}()
	return m.observe, nil
}

// serve answers /metrics and Go's profiles (/debug/pprof/) at an address of this machine until the context ends.
func (m *metrics) serve(ctx context.Context, listener net.Listener) error {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Timeout: 10 * time.Second}))
	for path, answer := range map[string]http.HandlerFunc{
		"": pprof.Index, "cmdline": pprof.Cmdline, "profile": pprof.Profile, "symbol": pprof.Symbol, "trace": pprof.Trace,
	} {
		mux.HandleFunc("GET /debug/pprof/"+path, answer)
	}
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10}
	ended := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer ended()
	if err := server.Serve(listener); ctx.Err() == nil {
		return err
	}
	return nil
}

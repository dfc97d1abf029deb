package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"kith/internal/api"
)

func (p *program) routesCommand() *cobra.Command {
	return p.reads(&cobra.Command{
		Use:   "routes",
		Short: "Every HTTP route with its permission",
		Args:  noArgs,
		RunE: func(*cobra.Command, []string) error {
			routes := api.Routes()
			if p.json {
				return p.printJSON(routes)
			}
			t := newTable("METHOD", "PATH", "PERMISSION", "")
			for _, r := range routes {
				t.row(r.Method, r.Path, string(r.Permission), r.Summary)
			}
			t.write(p.stdout)
			return nil
		},
	})
}

func (p *program) versionCommand() *cobra.Command {
	return p.reads(&cobra.Command{
		Use:   "version",
		Short: "The version of this program",
		Args:  noArgs,
		RunE: func(*cobra.Command, []string) error {
			if p.json {
				return p.printJSON(struct {
					Version string `json:"version"`
				}{version})
			}
			fmt.Fprintln(p.stdout, version)
			return nil
		},
	})
}

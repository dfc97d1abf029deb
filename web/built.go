//go:build console

package web

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var built embed.FS

// files are what "npm run build" made.
func files() fs.FS {
	dist, err := fs.Sub(built, "dist")
	if err != nil {
		panic(err) // "dist" is a path
	}
	return dist
}

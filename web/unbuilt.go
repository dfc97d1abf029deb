//go:build !console

package web

import "io/fs"

// files is nil: this program was built without the console.
func files() fs.FS { return nil }

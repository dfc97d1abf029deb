// Package arch holds no code of the program: its test checks which package
// may import which.
//
// The directions are those of docs/architecture.md, written down once, in the
// table of table_test.go. The linter's depguard rules say the same while a
// file is being edited; this test also sees what is linked through others, and
// fails for a package that the table does not know.
package arch

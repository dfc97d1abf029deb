package api

// Console is what the console asks beyond what commands do. Each part is
// declared beside its routes, with their file's name; a Service is all of them.
type Console interface {
	importConsole
	systemConsole
	segmentConsole
	customerConsole
	overviewConsole
	userConsole
	auditConsole
}

package webhook

// What tests look at from outside: the store that they use imports this
// package.
var (
	Delays       = delays[:]
	Due          = due
	JitterOf     = jitter
	LetTimePass  = wait
	SignatureOf  = Secret.sign
	NumberOfKeep = int64(keepEvery)
)

const MaxFailures = maxFailures

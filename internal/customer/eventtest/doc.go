// Package eventtest makes random tracked events for tests: all kinds, in all
// spellings, of few people about few things, so that they meet. Tests of other
// packages compare what two programs make of the same events.
package eventtest

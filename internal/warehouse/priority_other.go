//go:build !linux

package warehouse

// lowerPriority does nothing: only Linux has a priority for each thread.
func lowerPriority() {}

package main

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
)

// profiled does something and writes where its processor time went, and what
// holds memory afterwards, into a folder; "" for nowhere.
func profiled(dir, name string, do func() error) error {
	if dir == "" {
		return do()
	}
	cpu, err := os.Create(filepath.Join(dir, name+".cpu"))
	if err != nil {
		return err
	}
	if err := pprof.StartCPUProfile(cpu); err != nil {
		return errors.Join(err, cpu.Close())
	}
	err = do()
	pprof.StopCPUProfile()
	if err = errors.Join(err, cpu.Close()); err != nil {
		return err
	}
	held, err := os.Create(filepath.Join(dir, name+".heap"))
	if err != nil {
		return err
	}
	runtime.GC()
	return errors.Join(pprof.WriteHeapProfile(held), held.Close())
}

package main

import (
	"io"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"kith/internal/loader"
)

// progress is a bar on a terminal, and nothing anywhere else.
type progress struct {
	w    io.Writer
	all  *mpb.Progress
	bar  *mpb.Bar
	done bool
}

func newProgress(w io.Writer) *progress { return &progress{w: w} }

// update shows how far the reading of files is.
func (p *progress) update(now loader.Progress) {
	if p.bar == nil {
		if !isTerminal(p.w) || now.Total == 0 {
			return
		}
		p.all = mpb.New(mpb.WithOutput(p.w), mpb.WithWidth(40))
		p.bar = p.all.AddBar(now.Total,
			mpb.BarRemoveOnComplete(),
			mpb.PrependDecorators(decor.Counters(decor.SizeB1024(0), "% .1f of % .1f")),
			mpb.AppendDecorators(
				decor.AverageSpeed(decor.SizeB1024(0), "% .1f/s"),
				decor.OnComplete(decor.AverageETA(decor.ET_STYLE_GO, decor.WCSyncSpace), ""),
			))
	}
	p.bar.SetCurrent(min(now.Bytes, now.Total))
}

// end takes the bar away.
func (p *progress) end() {
	if p.bar == nil || p.done {
		return
	}
	p.done = true
	p.bar.Abort(true)
	p.all.Wait()
}

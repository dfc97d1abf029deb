package simulate

import (
	"math"
	"math/rand/v2"
	"sort"
)

// Streams of random numbers. What is drawn from one never moves another.
const (
	streamCatalogue uint64 = iota + 1
	streamRates
	streamPerson
	streamEvents
	streamVisitor
)

// dice is a seeded source of the distributions that habits are drawn from.
type dice struct {
	*rand.Rand
	pcg *rand.PCG
}

func newDice() *dice {
	pcg := rand.NewPCG(0, 0)
	return &dice{Rand: rand.New(pcg), pcg: pcg}
}

// reseed starts the stream of one person (or product, or currency). The
// parts are mixed, because PCG streams with neighbouring seeds begin alike.
func (d *dice) reseed(seed, stream, index uint64) {
	a := mix(seed ^ mix(stream))
	d.pcg.Seed(a, mix(a+index))
}

// mix is the finaliser of SplitMix64.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func (d *dice) chance(p float64) bool { return d.Float64() < p }

// between draws evenly from lo to hi.
func (d *dice) between(lo, hi float64) float64 { return lo + (hi-lo)*d.Float64() }

// seconds draws a whole number of seconds from lo to hi, both included.
func (d *dice) seconds(lo, hi int64) int64 { return lo + d.Int64N(hi-lo+1) }

// exp draws from the exponential distribution with the given mean.
func (d *dice) exp(mean float64) float64 { return d.ExpFloat64() * mean }

// logNormal draws a value whose median and whose logarithm's spread are given.
func (d *dice) logNormal(median, sigma float64) float64 {
	return median * math.Exp(sigma*d.NormFloat64())
}

// gamma draws from the gamma distribution of scale 1 (Marsaglia and Tsang,
// 2000; a shape below 1 by their boost).
func (d *dice) gamma(shape float64) float64 {
	if shape < 1 {
		return d.gamma(shape+1) * math.Pow(1-d.Float64(), 1/shape)
	}
	c := shape - 1.0/3
	k := 1 / math.Sqrt(9*c)
	for {
		x := d.NormFloat64()
		v := 1 + k*x
		if v <= 0 {
			continue
		}
		v = v * v * v
		if math.Log(1-d.Float64()) < 0.5*x*x+c-c*v+c*math.Log(v) {
			return c * v
		}
	}
}

func (d *dice) beta(a, b float64) float64 {
	x := d.gamma(a)
	return x / (x + d.gamma(b))
}

// poisson counts arrivals; mean is small here, so the simplest way is fast.
func (d *dice) poisson(mean float64) int {
	n := 0
	for sum := d.ExpFloat64(); sum < mean; sum += d.ExpFloat64() {
		n++
	}
	return n
}

// geometric counts successes before the first failure; its mean is given.
func (d *dice) geometric(mean float64) int {
	n := 0
	for p := mean / (1 + mean); d.chance(p); {
		n++
	}
	return n
}

func pick[T any](d *dice, from []T) T { return from[d.IntN(len(from))] }

// weights draws an index with a chance in proportion to its weight.
type weights []float64 // summed up

func newWeights(each ...float64) weights {
	w, sum := make(weights, len(each)), 0.0
	for i, x := range each {
		sum += x
		w[i] = sum
	}
	return w
}

func (w weights) draw(d *dice) int {
	x := d.Float64() * w[len(w)-1]
	i := sort.SearchFloat64s(w, x)
	return min(i, len(w)-1)
}

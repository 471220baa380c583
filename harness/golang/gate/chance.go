package gate

import "runtime"

// mix makes the first state of a goroutine's own source of chance. Goroutines share none: that would order them.
func mix(seed uint64, path string) uint64 {
	state := seed*0x9E3779B97F4A7C15 + 0x1234567
	for _, letter := range []byte(path) {
		state = (state ^ uint64(letter)) * 0x100000001B3
	}
	return state | 1
}

// draw is a number from xorshift64*.
func (g *G) draw() uint64 {
	g.random ^= g.random >> 12
	g.random ^= g.random << 25
	g.random ^= g.random >> 27
	return g.random * 0x2545F4914F6CDD1D >> 16
}

// dawdle delays a little, or not at all: half of the time it does nothing.
func (g *G) dawdle() {
	switch chance := g.draw(); chance % 8 {
	case 0, 1:
		runtime.Gosched()
	case 2:
		for range chance / 8 % 16 {
			runtime.Gosched()
		}
	case 3:
		spin(chance / 8 % 2000)
	}
}

//go:noinline
func spin(rounds uint64) {
	for range rounds {
	}
}

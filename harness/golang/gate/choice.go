package gate

// Recv is the channel of case number i of a select, or nil where the schedule takes another case: of several ready
// cases select takes any, so the one that it is to take is left alone.
func Recv[T any](g *G, i int, channel <-chan T) <-chan T {
	if g.elsewhere(i) {
		return nil
	}
	return channel
}

// Send is the same for a case that sends.
func Send[T any](g *G, i int, channel chan<- T) chan<- T {
	if g.elsewhere(i) {
		return nil
	}
	return channel
}

func (g *G) elsewhere(i int) bool {
	return g.narrowed && g.way != i
}

package main

import (
	"context"
	"flag"
	"time"

	"github.com/livekit/livekit-server/pkg/config"
	"github.com/livekit/livekit-server/pkg/routing/selector"
)

type picks struct {
	Name string `json:"name"`
	// As written in its configuration file.
	Kind      string `json:"kind"`
	SortBy    string `json:"sortBy"`
	Algorithm string `json:"algorithm"`

	PicksPerSec float64 `json:"picksPerSec"`
	P50Us       float64 `json:"p50Us"`
	P99Us       float64 `json:"p99Us"`
	Picks       int     `json:"picks"`
}

type selectorFigures struct {
	Nodes     int     `json:"nodes"`
	Selectors []picks `json:"selectors"`
}

// Selectors that consider load. The default does not: it picks a random node of those with a recent heartbeat.
var weighing = []struct{ name, kind, sortBy, algorithm string }{
	{"rooms", "any", "rooms", "lowest"},
	{"sysload", "sysload", "sysload", "lowest"},
	{"sysload-twochoice", "sysload", "sysload", "twochoice"},
	{"cpuload", "cpuload", "cpuload", "lowest"},
}

func selectorCommand(ctx context.Context, flags *flag.FlagSet, args []string) (any, error) {
	nodes := flags.Int("nodes", 100, "nodes to pick from")
	forMillis := flags.Int("millis", 1_000, "duration of each measurement")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	conf, err := config.NewConfig("", true, nil, nil)
	if err != nil {
		return nil, err
	}
	figures := selectorFigures{Nodes: *nodes}
	for i := -1; i < len(weighing); i++ {
		name := "default"
		if i >= 0 {
			w := weighing[i]
			name = w.name
			conf.NodeSelector.Kind, conf.NodeSelector.SortBy, conf.NodeSelector.Algorithm = w.kind, w.sortBy, w.algorithm
		}
		one, err := measurePicks(ctx, conf, *nodes, time.Duration(*forMillis)*time.Millisecond)
		if err != nil {
			return nil, err
		}
		one.Name = name
		figures.Selectors = append(figures.Selectors, one)
	}
	return figures, nil
}

func measurePicks(ctx context.Context, conf *config.Config, nodes int, span time.Duration) (picks, error) {
	pick, err := selector.CreateNodeSelector(conf)
	if err != nil {
		return picks{}, err
	}
	all := fleet(nodes)
	var took []time.Duration
	for started := time.Now(); len(took) == 0 || time.Since(started) < span; {
		if ctx.Err() != nil {
			return picks{}, ctx.Err()
		}
		before := time.Now()
		if _, err := pick.SelectNode(all); err != nil {
			return picks{}, err
		}
		took = append(took, time.Since(before))
	}
	var sum time.Duration
	for _, one := range took {
		sum += one
	}
	chosen := conf.NodeSelector
	return picks{
		Kind: chosen.Kind, SortBy: chosen.SortBy, Algorithm: chosen.Algorithm,
		PicksPerSec: perSec(len(took), sum), P50Us: micros(percentile(took, 50)), P99Us: micros(percentile(took, 99)),
		Picks: len(took),
	}, nil
}

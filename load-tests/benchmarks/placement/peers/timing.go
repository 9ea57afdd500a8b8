package main

import (
	"math"
	"slices"
	"time"
)

// percentile is by nearest rank, `percent` in 0…100; it sorts `took`.
func percentile(took []time.Duration, percent float64) time.Duration {
	slices.Sort(took)
	rank := int(math.Ceil(percent / 100 * float64(len(took))))
	return took[max(0, rank-1)]
}

func perSec(count int, took time.Duration) float64 { return float64(count) / took.Seconds() }

func micros(took time.Duration) float64 { return float64(took.Nanoseconds()) / 1e3 }

func millis(took time.Duration) float64 { return float64(took.Nanoseconds()) / 1e6 }

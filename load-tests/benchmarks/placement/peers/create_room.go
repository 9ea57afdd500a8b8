package main

import (
	"context"
	"errors"
	"flag"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/livekit/protocol/utils/guid"
	"github.com/redis/go-redis/v9"
)

type createRoomFigures struct {
	Nodes       int     `json:"nodes"`
	Callers     int     `json:"callers"`
	Rooms       int     `json:"rooms"`
	RoomsPerSec float64 `json:"roomsPerSec"`
	P50Ms       float64 `json:"p50Ms"`
	P99Ms       float64 `json:"p99Ms"`
	// Everything that Redis sent meanwhile, divided by the rooms.
	RedisBytesPerRoom float64 `json:"redisBytesPerRoom"`
	// Mean size of a node's record in Redis.
	NodeBytes int `json:"nodeBytes"`
}

// createRoomCommand measures a real server, which uses the Redis at --redis.
func createRoomCommand(ctx context.Context, flags *flag.FlagSet, args []string) (any, error) {
	nodes := flags.Int("nodes", 100, "nodes in Redis, including the server")
	forMillis := flags.Int("millis", 2_000, "duration")
	addr := flags.String("redis", "127.0.0.1:6379", "host:port, the same as for the server")
	callers := flags.Int("callers", 1, "callers; each creates one room after the other, on a kept-alive connection")
	url := flags.String("url", "http://127.0.0.1:7880", "URL of the server")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	rc := redis.NewClient(&redis.Options{Addr: *addr})
	defer rc.Close()
	nodeBytes, remove, err := surround(ctx, rc, *nodes)
	defer remove()
	if err != nil {
		return nil, err
	}
	client, err := newCaller(*url, *callers)
	if err != nil {
		return nil, err
	}
	// Opens the connections and warms up the server.
	if _, _, err := makeRooms(ctx, client, *callers, 0); err != nil {
		return nil, err
	}
	before, err := bytesSent(ctx, rc)
	if err != nil {
		return nil, err
	}
	took, span, err := makeRooms(ctx, client, *callers, time.Duration(*forMillis)*time.Millisecond)
	if err != nil {
		return nil, err
	}
	after, err := bytesSent(ctx, rc)
	if err != nil {
		return nil, err
	}
	return createRoomFigures{
		Nodes: *nodes, Callers: *callers, Rooms: len(took), RoomsPerSec: perSec(len(took), span),
		P50Ms: millis(percentile(took, 50)), P99Ms: millis(percentile(took, 99)),
		RedisBytesPerRoom: float64(after-before) / float64(len(took)), NodeBytes: nodeBytes,
	}, nil
}

// makeRooms returns the duration of each room and of all of them together. Each caller creates at least one room.
func makeRooms(ctx context.Context, client caller, callers int, span time.Duration) ([]time.Duration, time.Duration, error) {
	took := make([][]time.Duration, callers)
	failed := make([]error, callers)
	started := time.Now()
	var done sync.WaitGroup
	for i := range callers {
		done.Go(func() {
			for len(took[i]) == 0 || time.Since(started) < span {
				before := time.Now()
				if failed[i] = client.createRoom(ctx, guid.New("room_")); failed[i] != nil {
					return
				}
				took[i] = append(took[i], time.Since(before))
			}
		})
	}
	done.Wait()
	return slices.Concat(took...), time.Since(started), errors.Join(failed...)
}

var netOutput = regexp.MustCompile(`total_net_output_bytes:(\d+)`)

func bytesSent(ctx context.Context, rc redis.UniversalClient) (int64, error) {
	info, err := rc.Info(ctx, "stats").Result()
	if err != nil {
		return 0, err
	}
	found := netOutput.FindStringSubmatch(info)
	if found == nil {
		return 0, errors.New("no total_net_output_bytes in Redis’ INFO stats")
	}
	return strconv.ParseInt(found[1], 10, 64)
}

package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/livekit/protocol/utils/guid"
	"github.com/redis/go-redis/v9"
)

type raceServersFigures struct {
	Rooms   int `json:"rooms"`
	Servers int `json:"servers"`
	Nodes   int `json:"nodes"`
	// Rooms that were also created on another server, according to livekit_room_total of the servers. With two servers,
	// half of all pairs of random choices are the same server, so about half of the split rooms show.
	HostedTwice int `json:"hostedTwice"`
}

// The same race with real servers: each gets a request for the same room at the same time.
func raceServersCommand(ctx context.Context, flags *flag.FlagSet, args []string) (any, error) {
	rooms := flags.Int("rooms", 1_000, "rooms, one race after the other")
	nodes := flags.Int("nodes", 100, "nodes in Redis, including the servers")
	addr := flags.String("redis", "127.0.0.1:6379", "host:port, the same as for the servers")
	urls := flags.String("urls", "", "URLs of the servers, comma-separated")
	metrics := flags.String("metrics", "", "URLs of the servers’ metrics, comma-separated")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	rc := redis.NewClient(&redis.Options{Addr: *addr})
	defer rc.Close()
	_, remove, err := surround(ctx, rc, *nodes)
	defer remove()
	if err != nil {
		return nil, err
	}
	var racers []caller
	for url := range strings.SplitSeq(*urls, ",") {
		racer, err := newCaller(url, 1)
		if err != nil {
			return nil, err
		}
		// Opens the connection.
		if err := racer.createRoom(ctx, guid.New("room_")); err != nil {
			return nil, err
		}
		racers = append(racers, racer)
	}
	before, err := roomsHosted(ctx, *metrics)
	if err != nil {
		return nil, err
	}
	for range *rooms {
		if err := askAll(ctx, racers, guid.New("room_")); err != nil {
			return nil, err
		}
	}
	after, err := roomsHosted(ctx, *metrics)
	if err != nil {
		return nil, err
	}
	if after-before < *rooms {
		return nil, fmt.Errorf("the servers host %d of %d new rooms", after-before, *rooms)
	}
	return raceServersFigures{
		Rooms: *rooms, Servers: len(racers), Nodes: *nodes, HostedTwice: after - before - *rooms,
	}, nil
}

func askAll(ctx context.Context, racers []caller, room string) error {
	failed := make([]error, len(racers))
	start := make(chan struct{})
	var done sync.WaitGroup
	for i, racer := range racers {
		done.Go(func() {
			<-start
			failed[i] = racer.createRoom(ctx, room)
		})
	}
	close(start)
	done.Wait()
	return errors.Join(failed...)
}

var roomTotal = regexp.MustCompile(`(?m)^livekit_room_total(?:\{[^}]*\})? (\S+)$`)

func roomsHosted(ctx context.Context, urls string) (sum int, err error) {
	for url := range strings.SplitSeq(urls, ",") {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return 0, err
		}
		reply, err := http.DefaultClient.Do(request)
		if err != nil {
			return 0, err
		}
		text, err := io.ReadAll(reply.Body)
		reply.Body.Close()
		if err != nil {
			return 0, err
		}
		found := roomTotal.FindSubmatch(text)
		if found == nil {
			return 0, fmt.Errorf("no livekit_room_total at %s", url)
		}
		rooms, err := strconv.ParseFloat(string(found[1]), 64)
		if err != nil {
			return 0, err
		}
		sum += int(rooms)
	}
	return sum, nil
}

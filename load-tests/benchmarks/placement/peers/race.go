package main

import (
	"context"
	"errors"
	"flag"
	"sync"

	"github.com/livekit/livekit-server/pkg/config"
	"github.com/livekit/livekit-server/pkg/routing"
	"github.com/livekit/livekit-server/pkg/service"
	"github.com/livekit/protocol/livekit"
	"github.com/livekit/protocol/utils/guid"
	"github.com/redis/go-redis/v9"
)

type raceFigures struct {
	Rooms    int `json:"rooms"`
	Replicas int `json:"replicas"`
	Nodes    int `json:"nodes"`
	// Rooms for which two racers answered different nodes. A racer answers the node that it wrote or, if the room was
	// already placed, the node that it found.
	SplitByAnswer int `json:"splitByAnswer"`
	// Rooms for which two racers then used different nodes: CreateRoom reads the room's node again before it contacts that
	// node, and may read what another racer wrote.
	SplitByUse int `json:"splitByUse"`
}

// replica is the part of a LiveKit server that places rooms: its own allocator, router and Redis connections.
type replica struct {
	allocator service.RoomAllocator
	router    *watchedRouter
	rc        redis.UniversalClient
}

// watchedRouter records the calls of LiveKit's router. Only one racer at a time uses it.
type watchedRouter struct {
	*routing.RedisRouter
	answer livekit.NodeID
}

func (r *watchedRouter) GetNodeForRoom(ctx context.Context, room livekit.RoomName) (*livekit.Node, error) {
	node, err := r.RedisRouter.GetNodeForRoom(ctx, room)
	if err == nil {
		r.answer = livekit.NodeID(node.Id)
	}
	return node, err
}

func (r *watchedRouter) SetNodeForRoom(ctx context.Context, room livekit.RoomName, node livekit.NodeID) error {
	r.answer = node
	return r.RedisRouter.SetNodeForRoom(ctx, room, node)
}

func newReplica(addr string) (*replica, error) {
	conf, err := config.NewConfig("", true, nil, nil)
	if err != nil {
		return nil, err
	}
	rc := redis.NewClient(&redis.Options{Addr: addr})
	local := routing.NewLocalRouter(nil, nil, nil, conf.NodeStats)
	router := &watchedRouter{RedisRouter: routing.NewRedisRouter(local, rc, nil)}
	allocator, err := service.NewRoomAllocator(conf, router, service.NewRedisStore(rc))
	return &replica{allocator, router, rc}, err
}

// place does what CreateRoom does before it contacts the node.
func (r *replica) place(ctx context.Context, room livekit.RoomName) (answer, use livekit.NodeID, err error) {
	if err = r.allocator.SelectRoomNode(ctx, room, ""); err != nil {
		return "", "", err
	}
	answer = r.router.answer
	node, err := r.router.RedisRouter.GetNodeForRoom(ctx, room)
	if err != nil {
		return "", "", err
	}
	return answer, livekit.NodeID(node.Id), nil
}

func raceCommand(ctx context.Context, flags *flag.FlagSet, args []string) (any, error) {
	rooms := flags.Int("rooms", 2_000, "rooms, one race after the other")
	replicas := flags.Int("replicas", 2, "racers for each room")
	nodes := flags.Int("nodes", 100, "nodes in Redis")
	addr := flags.String("redis", "127.0.0.1:6379", "host:port")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	racers := make([]*replica, *replicas)
	for i := range racers {
		racer, err := newReplica(*addr)
		if err != nil {
			return nil, err
		}
		defer racer.rc.Close()
		racers[i] = racer
	}
	all := fleet(*nodes)
	remove, err := seed(ctx, racers[0].rc, all, (*livekit.Node).GetId)
	defer remove()
	if err != nil {
		return nil, err
	}
	figures := raceFigures{Rooms: *rooms, Replicas: *replicas, Nodes: *nodes}
	// The first room opens the connections and is not counted.
	for i := -1; i < *rooms; i++ {
		answers, uses, err := raceFor(ctx, racers, livekit.RoomName(guid.New("room_")))
		if err != nil {
			return nil, err
		}
		if i >= 0 && differ(answers) {
			figures.SplitByAnswer++
		}
		if i >= 0 && differ(uses) {
			figures.SplitByUse++
		}
	}
	return figures, nil
}

func raceFor(ctx context.Context, racers []*replica, room livekit.RoomName) (answers, uses []livekit.NodeID, err error) {
	answers, uses = make([]livekit.NodeID, len(racers)), make([]livekit.NodeID, len(racers))
	failed := make([]error, len(racers))
	start := make(chan struct{})
	var done sync.WaitGroup
	for i, racer := range racers {
		done.Go(func() {
			<-start
			answers[i], uses[i], failed[i] = racer.place(ctx, room)
		})
	}
	close(start)
	done.Wait()
	return answers, uses, errors.Join(failed...)
}

func differ(nodes []livekit.NodeID) bool {
	for _, node := range nodes {
		if node != nodes[0] {
			return true
		}
	}
	return false
}

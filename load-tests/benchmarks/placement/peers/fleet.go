package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/livekit/livekit-server/pkg/routing"
	"github.com/livekit/protocol/livekit"
	"github.com/livekit/protocol/utils"
	"github.com/livekit/protocol/utils/guid"
	"github.com/redis/go-redis/v9"
	"google.golang.org/protobuf/proto"
)

// LiveKit ignores a node whose last heartbeat is 5 s old. The heartbeats are set in advance for the whole run, so that no
// run pays for them: a real fleet of 20,000 nodes writes 10,000 of them per second to the same Redis.
const signsFor = time.Hour

// Nodes per HSET: a single HSET for a large fleet would block Redis.
const seedBatch = 500

// busyNode returns a node with a plausible load. The same `random` gives the same fleet.
func busyNode(id string, random *rand.Rand) *livekit.Node {
	now := time.Now().Unix()
	rooms, clients := random.Int32N(200), random.Int32N(1_500)
	in, out := random.Int32N(2_000), random.Int32N(8_000)
	bytesIn, bytesOut := random.Float32()*5e7, random.Float32()*2e8
	cpu := random.Float32() * 0.8
	uptime := uint64(random.IntN(86_400))
	return &livekit.Node{
		Id:      id,
		Ip:      fmt.Sprintf("10.%d.%d.%d", random.IntN(256), random.IntN(256), random.IntN(256)),
		NumCpus: 16,
		Region:  "eu",
		State:   livekit.NodeState_SERVING,
		Stats: &livekit.NodeStats{
			StartedAt: now - int64(uptime), UpdatedAt: now + int64(signsFor.Seconds()),
			NumRooms: rooms, NumClients: clients, NumTracksIn: in, NumTracksOut: out,
			NumTrackPublishAttempts: in * 3, NumTrackPublishSuccess: in * 3,
			NumTrackSubscribeAttempts: out * 3, NumTrackSubscribeSuccess: out * 3,
			BytesIn: uint64(bytesIn) * uptime, BytesOut: uint64(bytesOut) * uptime,
			PacketsIn: uint64(bytesIn/800) * uptime, PacketsOut: uint64(bytesOut/800) * uptime,
			NackTotal: uptime * 10,
			NumCpus:   16, CpuLoad: cpu, LoadAvgLast1Min: cpu * 16, LoadAvgLast5Min: cpu * 15, LoadAvgLast15Min: cpu * 14,
			MemoryLoad: 0.4, MemoryTotal: 64 << 30, MemoryUsed: 26 << 30,
			Rates: []*livekit.NodeStatsRate{{
				StartedAt: now - 10, EndedAt: now, Duration: 10,
				TrackPublishAttempts: 4, TrackPublishSuccess: 4, TrackSubscribeAttempts: 16, TrackSubscribeSuccess: 16,
				BytesIn: bytesIn, BytesOut: bytesOut, PacketsIn: bytesIn / 800, PacketsOut: bytesOut / 800, NackTotal: 10,
				CpuLoad: cpu, MemoryLoad: 0.4, MemoryUsed: 26 << 30, MemoryTotal: 64 << 30,
			}},
		},
	}
}

func newNodeID() string { return guid.New(utils.NodePrefix) }

func fleet(nodes int) []*livekit.Node {
	random := rand.New(rand.NewPCG(1, 2))
	all := make([]*livekit.Node, nodes)
	for i := range all {
		all[i] = busyNode(newNodeID(), random)
	}
	return all
}

// seed writes the nodes where LiveKit looks for them, and returns a function that removes them.
func seed(
	ctx context.Context, rc redis.UniversalClient, nodes []*livekit.Node, fieldOf func(*livekit.Node) string,
) (remove func(), err error) {
	fields := make([]string, 0, len(nodes))
	remove = func() {
		for start := 0; start < len(fields); start += seedBatch {
			rc.HDel(context.Background(), routing.NodesKey, fields[start:min(start+seedBatch, len(fields))]...)
		}
	}
	for start := 0; start < len(nodes); start += seedBatch {
		var pairs []any
		for _, node := range nodes[start:min(start+seedBatch, len(nodes))] {
			data, err := proto.Marshal(node)
			if err != nil {
				return remove, err
			}
			field := fieldOf(node)
			fields = append(fields, field)
			pairs = append(pairs, field, data)
		}
		if err := rc.HSet(ctx, routing.NodesKey, pairs...).Err(); err != nil {
			return remove, err
		}
	}
	return remove, nil
}

package main

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"os"
	"time"

	"github.com/livekit/livekit-server/pkg/routing"
	"github.com/livekit/protocol/auth"
	"github.com/livekit/protocol/livekit"
	"github.com/redis/go-redis/v9"
	"github.com/twitchtv/twirp"
	"google.golang.org/protobuf/proto"
)

// surround adds records until there are `nodes` nodes. A room is created by the node it is placed on, so every record has
// the id of a real server: whichever record is picked, a real server answers through Redis.
func surround(ctx context.Context, rc redis.UniversalClient, nodes int) (nodeBytes int, remove func(), err error) {
	there, err := rc.HGetAll(ctx, routing.NodesKey).Result()
	if err != nil {
		return 0, func() {}, err
	}
	var real []string
	sum := 0
	for field, data := range there {
		var node livekit.Node
		if err := proto.Unmarshal([]byte(data), &node); err != nil {
			return 0, func() {}, err
		}
		if node.Id != field {
			return 0, func() {}, errors.New("an earlier run left its nodes in this Redis")
		}
		real = append(real, field)
		sum += len(data)
	}
	if len(real) == 0 || len(real) > nodes {
		return 0, func() {}, errors.New("this Redis must know at least one server, and no more than --nodes")
	}
	random := rand.New(rand.NewPCG(1, 2))
	company := make([]*livekit.Node, nodes-len(real))
	for i := range company {
		company[i] = busyNode(real[i%len(real)], random)
		sum += proto.Size(company[i])
	}
	remove, err = seed(ctx, rc, company, func(*livekit.Node) string { return newNodeID() })
	return sum / nodes, remove, err
}

// caller creates rooms on a server, over kept-alive connections.
type caller struct {
	service livekit.RoomService
	headers http.Header
}

// newCaller reads the server’s key from LIVEKIT_API_KEY and LIVEKIT_API_SECRET, as LiveKit’s own tools do.
func newCaller(url string, callers int) (caller, error) {
	token, err := auth.NewAccessToken(os.Getenv("LIVEKIT_API_KEY"), os.Getenv("LIVEKIT_API_SECRET")).
		SetVideoGrant(&auth.VideoGrant{RoomCreate: true}).
		SetValidFor(time.Hour).
		ToJWT()
	transport := &http.Transport{MaxIdleConnsPerHost: callers}
	return caller{
		service: livekit.NewRoomServiceProtobufClient(url, &http.Client{Transport: transport}),
		headers: http.Header{"Authorization": {"Bearer " + token}},
	}, err
}

func (c caller) createRoom(ctx context.Context, name string) error {
	ctx, err := twirp.WithHTTPRequestHeaders(ctx, c.headers)
	if err != nil {
		return err
	}
	_, err = c.service.CreateRoom(ctx, &livekit.CreateRoomRequest{Name: name})
	return err
}

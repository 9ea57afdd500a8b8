import { Gauge } from 'prom-client'
import type { Registry } from 'prom-client'
import type { SiteSummary } from '../domain/headroom.ts'

/** The sums of each site, read when scraped. While the store is away the series are absent: missing is not zero. */
export function siteMetrics(registry: Registry, sites: () => Promise<SiteSummary[]>): void {
  const options = (name: string, help: string) => ({
    name,
    help,
    labelNames: ['site'] as const,
    registers: [registry],
  })
  const gauges = {
    capacity: new Gauge(
      options('levee_site_capacity_tracks', 'Tracks that the serving nodes of a site can carry.'),
    ),
    headroom: new Gauge(
      options('levee_site_headroom_tracks', 'Capacity minus load minus reserved, serving nodes.'),
    ),
    serving: new Gauge(options('levee_site_nodes_serving', 'Nodes that would take a new room now.')),
    nodes: new Gauge(options('levee_site_nodes', 'Nodes enrolled.')),
    silent: new Gauge(
      options('levee_site_nodes_silent', 'Nodes without a report for longer than the lease.'),
    ),
    frozen: new Gauge(
      options('levee_site_frozen', '1: so many nodes fell silent together that no node is given up for now.'),
    ),
    restartStuck: new Gauge(
      options(
        'levee_site_restart_stuck',
        '1: the ordered restart of the nodes of a site waits for an operator.',
      ),
    ),
    reserved: new Gauge(
      options('levee_site_reserved_tracks', 'Reserved for rooms whose load is not seen yet.'),
    ),
    rooms: new Gauge(options('levee_site_rooms', 'Rooms that the nodes report.')),
    participants: new Gauge(options('levee_site_participants', 'Participants that the nodes report.')),
  }
  new Gauge({
    name: 'levee_store_up',
    help: '1 if Redis answered this scrape.',
    registers: [registry],
    async collect() {
      for (const gauge of Object.values(gauges)) gauge.reset()
      const all = await sites().catch(() => null)
      this.set(all ? 1 : 0)
      for (const s of all ?? []) {
        const at = { site: s.site }
        gauges.capacity.set(at, s.capacityTracks)
        gauges.headroom.set(at, s.headroomTracks)
        gauges.serving.set(at, s.serving)
        gauges.nodes.set(at, s.nodes)
        gauges.silent.set(at, s.silent)
        gauges.frozen.set(at, s.frozen ? 1 : 0)
        gauges.restartStuck.set(at, s.restart?.state === 'stuck' ? 1 : 0)
        gauges.reserved.set(at, s.reservedTracks)
        gauges.rooms.set(at, s.rooms)
        gauges.participants.set(at, s.participants)
      }
    },
  })
}

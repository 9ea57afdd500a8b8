import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type FakeTrack, createMedia, settled } from './fake-media.ts'

describe('one capture for all connections', () => {
  test('a new connection sends clones of what is open; no device is opened for it', async () => {
    const { opened, connection, begin } = createMedia()
    const { microphone, camera, a } = await begin()
    const b = connection()
    await b.sender.sync()
    assert.equal(opened.length, 0)
    assert.deepEqual(
      b.published.map(({ source }) => source),
      ['microphone', 'camera'],
    )
    assert.equal(microphone.clones.length, 2)
    assert.notEqual(a.of('camera')?.track, b.of('camera')?.track)
    b.sender.close()
    assert.equal(camera.readyState, 'live', 'giving up a connection leaves the camera on')
    assert.equal(camera.clones[1]?.readyState, 'ended')
    assert.equal(camera.clones[0]?.readyState, 'live')
  })

  test('off is off everywhere, the light too, and a connection that opens later does not undo it', async () => {
    const { own, connection, begin } = createMedia()
    const { camera, a } = await begin()
    await own.set('camera', false)
    await own.set('microphone', false)
    await settled()
    assert.equal(camera.readyState, 'ended')
    assert.ok(camera.clones.every(({ readyState }) => readyState === 'ended'))
    assert.equal(a.of('camera')?.isMuted, true)
    const b = connection()
    await b.sender.sync()
    assert.equal(b.of('microphone')?.isMuted, true)
    assert.equal(b.of('camera'), undefined)
  })

  test('on again opens the device once, for every connection', async () => {
    const { own, opened, connection, begin } = createMedia()
    const { a } = await begin()
    const b = connection()
    await b.sender.sync()
    await own.set('camera', false)
    await own.set('camera', true)
    await settled()
    assert.deepEqual(
      opened.map(({ kind }) => kind),
      ['camera'],
    )
    for (const { of } of [a, b]) {
      assert.equal(of('camera')?.isMuted, false)
      assert.ok(opened[0]?.track.clones.some(({ asTrack }) => asTrack === of('camera')?.track))
    }
  })

  test('a track that a host mutes on one node is muted on all', async () => {
    const { own, connection, begin } = createMedia()
    const { a } = await begin()
    const b = connection()
    await b.sender.sync()
    await a.of('microphone')?.mute()
    await settled()
    assert.equal(own.get('microphone').on, false)
    assert.equal(b.of('microphone')?.isMuted, true)
  })

  test('a share goes to every connection without a new prompt, and ends on all', async () => {
    const { own, connection, begin } = createMedia()
    const { a } = await begin()
    await own.startShare('text')
    await settled()
    const b = connection()
    await b.sender.sync()
    for (const { of } of [a, b]) {
      assert.ok(of('screen_share'))
      assert.ok(of('screen_share_audio'))
    }
    ;(own.get('screen_share').track as unknown as FakeTrack).end()
    await settled()
    assert.equal(own.get('screen_share').on, false)
    for (const { unpublished } of [a, b]) assert.equal(unpublished.length, 2)
  })
})

describe('devices', () => {
  test('a device that is on but not open yet opens on refresh; a click before that turns it off', async () => {
    const { own, opened } = createMedia()
    own.take({ pending: ['microphone', 'camera'], speakerId: '' })
    assert.equal(own.get('microphone').on, true)
    await own.set('camera', false)
    own.refresh()
    await settled()
    assert.deepEqual(
      opened.map(({ kind }) => kind),
      ['microphone'],
    )
  })

  test('a device that does not open is off, with the reason', async () => {
    const { own, refusal } = createMedia()
    refusal.error = Object.assign(new Error(), { name: 'NotReadableError' })
    await own.set('camera', true)
    assert.equal(own.get('camera').on, false)
    assert.deepEqual(own.error, { kind: 'camera', error: 'busy' })
  })

  test('two quick clicks: the last one counts', async () => {
    const { own, opened } = createMedia()
    const on = own.set('camera', true)
    const off = own.set('camera', false)
    await Promise.all([on, off])
    assert.equal(own.get('camera').on, false)
    assert.ok(opened.every(({ track }) => track.readyState === 'ended'))
  })

  test('after a device was unplugged another one is opened', async () => {
    const { own, opened, begin } = createMedia()
    const { microphone } = await begin()
    microphone.end()
    await settled()
    assert.equal(own.get('microphone').on, true)
    assert.equal(opened[0]?.kind, 'microphone')
  })

  test('after close() everything is off, and devices that are still opening are closed', async () => {
    const { own, opened, begin } = createMedia()
    const { camera, microphone } = await begin()
    const opening = own.set('camera', true)
    own.close()
    await opening
    assert.ok(
      [camera, microphone, ...opened.map(({ track }) => track)].every((t) => t.readyState === 'ended'),
    )
  })
})

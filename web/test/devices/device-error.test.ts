import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { faultOf, faultOfName, type DeviceFault } from '../../src/devices/device-error.ts'
import { faultWords } from '../../src/devices/permission-messages.ts'

const refused = (message: string) => new DOMException(message, 'NotAllowedError')

/** What the browser says of its own permissions. */
function permissionsAre(state: PermissionState): void {
  const permissions = { query: () => Promise.resolve({ state }) }
  Object.defineProperty(navigator, 'permissions', { value: permissions, configurable: true })
}
afterEach(() => void Reflect.deleteProperty(navigator, 'permissions'))

test('names of errors, old ones too', () => {
  const faults: Record<string, DeviceFault> = {
    NotFoundError: 'missing',
    OverconstrainedError: 'missing',
    NotReadableError: 'busy',
    TrackStartError: 'busy',
    SecurityError: 'insecure',
    TypeError: 'insecure',
    SomethingNew: 'failed',
  }
  for (const [name, fault] of Object.entries(faults)) assert.equal(faultOfName(name), fault, name)
})

test('no permission: the system’s, the closed prompt and the browser’s are told apart', async () => {
  permissionsAre('prompt')
  assert.equal(await faultOf(refused('Permission denied by system'), ['camera']), 'blocked')
  assert.equal(await faultOf(refused('Permission dismissed'), ['camera']), 'dismissed')
  assert.equal(await faultOf(refused(''), ['camera']), 'dismissed')
  permissionsAre('denied')
  assert.equal(await faultOf(refused('Permission denied'), ['camera', 'microphone']), 'denied')
})

test('a browser that cannot be asked has denied', async () => {
  assert.equal(await faultOf(refused('Permission denied'), ['microphone']), 'denied')
})

test('what is no error at all', async () => {
  assert.equal(await faultOf('odd', ['camera']), 'failed')
})

const FAULTS: readonly DeviceFault[] = [
  'dismissed',
  'denied',
  'blocked',
  'busy',
  'missing',
  'unplugged',
  'insecure',
  'failed',
]

test('each fault has words of its own, for one device and for both', () => {
  for (const thing of ['camera', 'microphone', 'both'] as const) {
    const said = FAULTS.map((fault) => faultWords(fault, thing, 'Chrome'))
    assert.equal(new Set(said.map(({ what }) => what)).size, FAULTS.length)
    for (const { what, todo } of said) {
      assert.match(what, /camera|microphone/i)
      assert.match(todo, /\.$/)
    }
  }
})

test('the steps are those of this browser and this system', () => {
  const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
  const safari =
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15'
  const android = 'Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36'
  const windows = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36'
  assert.match(faultWords('denied', 'camera', firefox).todo, /crossed-out icon/)
  assert.match(faultWords('denied', 'camera', safari).todo, /Settings for This Website/)
  assert.match(faultWords('denied', 'camera', windows).todo, /left of the address/)
  assert.match(faultWords('blocked', 'camera', windows).todo, /Privacy & security › Camera/)
  assert.match(faultWords('blocked', 'camera', safari).todo, /System Settings/)
  assert.match(faultWords('blocked', 'microphone', android).todo, /Permissions › Microphone/)
})

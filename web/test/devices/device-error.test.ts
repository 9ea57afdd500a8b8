import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { deviceErrorOf, deviceErrorOfName, type DeviceError } from '../../src/devices/device-error.ts'
import { deviceErrorMessages } from '../../src/devices/permission-messages.ts'
import { translate } from '../i18n/translate.ts'

const refused = (message: string) => new DOMException(message, 'NotAllowedError')

/** Sets the permissions that the browser reports. */
function permissionsAre(state: PermissionState): void {
  const permissions = { query: () => Promise.resolve({ state }) }
  Object.defineProperty(navigator, 'permissions', { value: permissions, configurable: true })
}
afterEach(() => void Reflect.deleteProperty(navigator, 'permissions'))

test('names of errors, including old ones', () => {
  const errors: Record<string, DeviceError> = {
    NotFoundError: 'missing',
    OverconstrainedError: 'missing',
    NotReadableError: 'busy',
    TrackStartError: 'busy',
    SecurityError: 'insecure',
    TypeError: 'insecure',
    SomethingNew: 'failed',
  }
  for (const [name, error] of Object.entries(errors)) assert.equal(deviceErrorOfName(name), error, name)
})

test('no permission: refusals by the system, by closing the prompt and by the browser are distinguished', async () => {
  permissionsAre('prompt')
  assert.equal(await deviceErrorOf(refused('Permission denied by system'), ['camera']), 'blocked')
  assert.equal(await deviceErrorOf(refused('Permission dismissed'), ['camera']), 'dismissed')
  assert.equal(await deviceErrorOf(refused(''), ['camera']), 'dismissed')
  permissionsAre('denied')
  assert.equal(await deviceErrorOf(refused('Permission denied'), ['camera', 'microphone']), 'denied')
})

test('in a browser without the permissions query a refusal counts as denied', async () => {
  assert.equal(await deviceErrorOf(refused('Permission denied'), ['microphone']), 'denied')
})

test('values that are not errors', async () => {
  assert.equal(await deviceErrorOf('odd', ['camera']), 'failed')
})

const ERRORS: readonly DeviceError[] = [
  'dismissed',
  'denied',
  'blocked',
  'busy',
  'missing',
  'unplugged',
  'insecure',
  'failed',
]

test('each error has its own messages, for one device and for both', () => {
  for (const device of ['camera', 'microphone', 'both'] as const) {
    const shown = ERRORS.map((error) => deviceErrorMessages(error, device, 'Chrome'))
    assert.equal(new Set(shown.map(({ title }) => translate(title))).size, ERRORS.length)
    for (const { title, advice } of shown) {
      assert.match(translate(title), /camera|microphone/i)
      assert.match(translate(advice), /\.$/)
    }
  }
})

const adviceFor = (...about: Parameters<typeof deviceErrorMessages>) =>
  translate(deviceErrorMessages(...about).advice)

test('the steps are those of this browser and this system', () => {
  const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
  const safari =
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15'
  const android = 'Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36'
  const windows = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36'
  assert.match(adviceFor('denied', 'camera', firefox), /crossed-out icon/)
  assert.match(adviceFor('denied', 'camera', safari), /Settings for This Website/)
  assert.match(adviceFor('denied', 'camera', windows), /to the left of the address/)
  assert.match(adviceFor('blocked', 'camera', windows), /Privacy & security › Camera/)
  assert.match(adviceFor('blocked', 'camera', safari), /System Settings/)
  assert.match(adviceFor('blocked', 'microphone', android), /Permissions › Microphone/)
})

/**
 * The epochs that an agent gives while it is offline start here, plus the seconds since 1970. They are always above the
 * control plane's and above those of an earlier offline period.
 */
export const OFFLINE_EPOCHS = 1_000_000_000

const isOfflineEpoch = (epoch: number): boolean => epoch >= OFFLINE_EPOCHS

/**
 * Whether `epoch` was replaced by `than`. Epochs only rise, but offline epochs are a series of their own: when a branch
 * goes offline or comes back, the later answer is the valid one, whichever number is higher.
 */
export const isOlderEpoch = (epoch: number, than: number): boolean =>
  isOfflineEpoch(epoch) === isOfflineEpoch(than) && epoch < than

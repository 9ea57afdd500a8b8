-- Same names as keys.ts. KEYS[1] is the root and carries the hash tag, so whatever a script touches stands in one slot.
local root = KEYS[1]
local metaKey, sitesKey, learntKey, emptyingKey = root .. ':meta', root .. ':sites', root .. ':learnt', root .. ':emptying'
local levelsKey = root .. ':levels'
-- Letters of this root as rooms' homes; '' for the only one.
local home = string.sub(root, 4, -2)
local function roomKey(roomId) return root .. ':room:' .. roomId end
local function nodeKey(node) return root .. ':node:' .. node end
local function cardKey(node) return root .. ':card:' .. node end
local function readingKey(node) return root .. ':reading:' .. node end
local function liveKey(node) return root .. ':live:' .. node end
local function reservedKey(node) return root .. ':reserved:' .. node end
local function lapseKey(node) return root .. ':lapse:' .. node end
local function ordersKey(node) return root .. ':orders:' .. node end
local function restartKey(site) return root .. ':restart:' .. site end
local function siteKey(site) return root .. ':site:' .. site end
local function seenKey(site) return root .. ':seen:' .. site end
local function namesKey(site) return root .. ':names:' .. site end
local function eligibleKey(site) return root .. ':eligible:' .. site end
local function capsKey(site) return root .. ':caps:' .. site end

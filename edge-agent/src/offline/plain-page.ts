/** In place of the client: the branch may not let people in by itself, or has no client to hand out. */
export const PLAIN_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<meta http-equiv="refresh" content="10">
<title>The head office cannot be reached</title>
</head>
<body>
<main>
<h1>The head office cannot be reached from here</h1>
<p>Meetings that run in this branch go on. If you are in one, leave its page open.</p>
<p>Nobody new can be let in at the moment. This page tries again by itself every ten seconds.</p>
</main>
</body>
</html>
`

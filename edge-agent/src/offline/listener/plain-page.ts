/** Served instead of the client if the branch may not admit participants or has no client. */
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
<p>Meetings in progress in this branch go on. If you’re in one, keep its page open.</p>
<p>New people can’t join right now. This page tries again every ten seconds.</p>
</main>
</body>
</html>
`

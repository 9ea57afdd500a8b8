// In the browser: follows the system’s dark mode, which Swagger’s page knows as a class, and adds a bar with a way back.
const dark = matchMedia('(prefers-color-scheme: dark)')
const follow = () => document.documentElement.classList.toggle('dark-mode', dark.matches)
dark.addEventListener('change', follow)
follow()

const bar = document.createElement('nav')
bar.className = 'levee-bar'
const back = document.createElement('a')
back.href = '/'
back.textContent = '← Levee'
const title = document.createElement('span')
title.textContent = 'API reference'
bar.append(back, title)
document.body.prepend(bar)

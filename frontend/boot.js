// Starts the program of a page. It is a file of its own because the content security policy allows no script in the page.
//
// Leptos builds the parts of a view that never change from HTML that was written at compile time.
// The policy lets exactly that pass: a string that lies in the WebAssembly file itself.
// Nothing that anybody types can, so no text ever becomes HTML.

const { js, wasm } = document.querySelector("script[data-wasm]").dataset
const [script, response] = await Promise.all([import(js), fetch(wasm)])
const text = new TextDecoder().decode(await response.clone().arrayBuffer())
const known = new Set([""])
globalThis.trustedTypes?.createPolicy("default", {
  createHTML(html) {
    if (!known.has(html)) {
      if (!text.includes(html) || /<script|\son\w+\s*=|javascript:/i.test(html)) {
        throw new TypeError("HTML that was not written at compile time is refused")
      }
      known.add(html)
    }
    return html
  },
})

await script.default({ module_or_path: response })

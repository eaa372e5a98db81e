//! Serves the built web application: from inside the program with the feature `embed`, else from `./dist`.
//!
//! Everything is in memory from the start on, so no path of a request ever reaches the file system.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use sha2::{Digest, Sha256};

use super::error::ApiError;
use crate::app::App;

/// What the pages of staff hold where the build is to be named.
const BUILD_PLACEHOLDER: &str = "__BATON_BUILD__";

const DESK_PAGE: &str = "index.html";
const ADMIN_PAGE: &str = "admin.html";

/// The page of the wall.
const SUPERVISOR_PAGE: &str = "supervisor.html";
const CHAT_PAGE: &str = "chat/chat.html";
const CHAT_FOLDER: &str = "chat/";

/// What is served where the web application was not built.
const NOT_BUILT: &str = "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>Baton</title>\n\
     <p>The web application is not here. Build it with <code>cargo xtask build</code>, then start again.</p>\n";

/// Names the web application that is put in; when it changes, this file is compiled anew.
#[cfg(feature = "embed")]
const _: Option<&str> = option_env!("BATON_WEB_BUILD");

#[cfg(feature = "embed")]
#[derive(rust_embed::Embed)]
#[folder = "../dist"]
struct Embedded;

/// The built web application.
pub struct Assets {
    files: BTreeMap<String, Asset>,
    build: String,
}

struct Asset {
    plain: Bytes,
    brotli: Option<Bytes>,
    kind: &'static str,
    hash: String,
    is_immutable: bool,
    is_of_chat: bool,
}

/// Marks an answer as a part of the chat, which other sites may frame.
#[derive(Clone, Copy, Debug)]
pub struct OfChat;

impl Assets {
    /// Loads what was built; nothing where nothing was.
    pub fn load() -> Self {
        Self::from_files(built_files())
    }

    /// Makes the application from files by their paths; one with `.br` at the end is the compressed form of another.
    pub fn from_files(files: BTreeMap<String, Bytes>) -> Self {
        let mut all = Sha256::new();
        all.update(env!("CARGO_PKG_VERSION"));
        for (path, bytes) in &files {
            all.update(path);
            all.update(Sha256::digest(bytes));
        }
        let build = short_hex(&all.finalize());
        let plain = files.iter().filter(|(path, _)| !path.ends_with(".br"));
        let assets = plain.map(|(path, bytes)| (path.clone(), asset(path, bytes, &files, &build)));
        Self { files: assets.collect(), build }
    }

    /// Returns what names this build: a page of another one reloads itself.
    pub fn build(&self) -> &str {
        &self.build
    }

    /// Returns what an address outside the API shows: a file, the chat, the administration, the wall, or for
    /// everything else that is no file the desk.
    fn find(&self, path: &str) -> Option<&Asset> {
        let path = path.trim_matches('/');
        if path == "chat" {
            return self.files.get(CHAT_PAGE);
        }
        if let Some(file) = self.files.get(path).or_else(|| self.files.get(&format!("{CHAT_FOLDER}{path}"))) {
            return Some(file);
        }
        if is_file_name(path) {
            return None;
        }
        self.files.get(match path.split('/').next() {
            Some("admin") => ADMIN_PAGE,
            Some("supervisor") => SUPERVISOR_PAGE,
            Some(_) | None => DESK_PAGE,
        })
    }
}

/// Serves everything outside the API, and refuses what is in no table.
pub async fn serve(State(app): State<Arc<App>>, method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path();
    if path == "/api" || path.starts_with("/api/") {
        return no_such_address();
    }
    if !matches!(method, Method::GET | Method::HEAD) {
        let refused =
            ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "wrong_method", "Pages are read with GET.");
        return ([(header::ALLOW, "GET,HEAD")], refused).into_response();
    }
    match app.assets.find(path) {
        Some(asset) => answer(asset, &headers),
        None if !is_file_name(path) => {
            (StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], NOT_BUILT)
                .into_response()
        }
        None => no_such_address(),
    }
}

fn is_file_name(path: &str) -> bool {
    path.rsplit('/').next().is_some_and(|name| name.contains('.'))
}

fn no_such_address() -> Response {
    ApiError::new(
        StatusCode::NOT_FOUND,
        "no_such_address",
        "There is nothing at this address; `/api/docs` lists those that there are.",
    )
    .into_response()
}

fn answer(asset: &Asset, headers: &HeaderMap) -> Response {
    let brotli = asset.brotli.as_ref().filter(|_| accepts_brotli(headers));
    let suffix = if brotli.is_some() { "-br" } else { "" };
    let tag = format!("\"{}{suffix}\"", asset.hash);
    let keep = if asset.is_immutable { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut response = if is_known(headers, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        brotli.unwrap_or(&asset.plain).clone().into_response()
    };
    if asset.is_of_chat {
        response.extensions_mut().insert(OfChat);
    }
    let fields = response.headers_mut();
    if response_is_full(fields) {
        fields.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.kind));
        if brotli.is_some() {
            fields.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
        }
    }
    fields.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    fields.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(tag) = HeaderValue::try_from(tag) {
        fields.insert(header::ETAG, tag);
    }
    response
}

/// Says whether an answer has content, which axum gave a type.
fn response_is_full(fields: &HeaderMap) -> bool {
    fields.contains_key(header::CONTENT_TYPE)
}

fn accepts_brotli(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    accepted.flat_map(|value| value.split(',')).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let weight = weight.trim().strip_prefix("q=").and_then(|weight| weight.parse::<f32>().ok());
        name.trim().eq_ignore_ascii_case("br") && weight != Some(0.0)
    })
}

fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or("");
    known.split(',').any(|one| matches!(one.trim(), "*") || one.trim().trim_start_matches("W/") == tag)
}

fn asset(path: &str, bytes: &Bytes, files: &BTreeMap<String, Bytes>, build: &str) -> Asset {
    let compressed = files.get(&format!("{path}.br")).cloned();
    let (plain, brotli) = match std::str::from_utf8(bytes) {
        // The compressed form does not name the build, so a page that does is sent as it is.
        Ok(text)
            if matches!(path, DESK_PAGE | ADMIN_PAGE | SUPERVISOR_PAGE)
                && text.contains(BUILD_PLACEHOLDER) =>
        {
            (Bytes::from(text.replace(BUILD_PLACEHOLDER, build)), None)
        }
        Ok(_) | Err(_) => (bytes.clone(), compressed),
    };
    let hash = short_hex(&Sha256::digest(&plain));
    let (is_immutable, is_of_chat) = (is_hashed(path), path.starts_with(CHAT_FOLDER));
    Asset { plain, brotli, kind: kind(path), hash, is_immutable, is_of_chat }
}

/// Says whether a file's name holds a hash of its content, as Trunk writes them: `desk-0123456789abcdef_bg.wasm`.
fn is_hashed(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.split('.').next().unwrap_or(name).trim_end_matches("_bg");
    let hash = stem.rsplit_once('-').map_or("", |(_, hash)| hash);
    hash.len() >= 8 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn kind(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "mp3" => "audio/mpeg",
        "ogg" => "audio/ogg",
        "wav" => "audio/wav",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

fn short_hex(hash: &[u8]) -> String {
    hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(feature = "embed")]
fn built_files() -> BTreeMap<String, Bytes> {
    use std::borrow::Cow;
    let file = |path: Cow<'static, str>| {
        let bytes = match Embedded::get(&path)?.data {
            Cow::Borrowed(bytes) => Bytes::from_static(bytes),
            Cow::Owned(bytes) => Bytes::from(bytes),
        };
        Some((path.into_owned(), bytes))
    };
    Embedded::iter().filter_map(file).collect()
}

#[cfg(not(feature = "embed"))]
fn built_files() -> BTreeMap<String, Bytes> {
    let mut files = BTreeMap::new();
    let root = std::path::Path::new("dist");
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for path in entries.filter_map(|entry| entry.ok().map(|entry| entry.path())) {
            if path.is_dir() {
                folders.push(path);
            } else if let (Ok(bytes), Ok(name)) = (std::fs::read(&path), path.strip_prefix(root)) {
                files.insert(name.to_string_lossy().replace('\\', "/"), Bytes::from(bytes));
            }
        }
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assets() -> Assets {
        let files = [
            ("index.html", "<meta content=\"__BATON_BUILD__\">"),
            ("index.html.br", "compressed"),
            ("admin.html", "<title>Administration</title><meta content=\"__BATON_BUILD__\">"),
            ("admin.html.br", "compressed"),
            ("supervisor.html", "<title>Wall</title><meta content=\"__BATON_BUILD__\">"),
            ("desk-0123456789abcdef_bg.wasm", "wasm"),
            ("chat/chat.html", "chat"),
            ("chat/chat.js", "script"),
            ("chat/widget.js", "widget"),
        ];
        let files = files.map(|(path, text)| (path.to_owned(), Bytes::from_static(text.as_bytes())));
        Assets::from_files(files.into())
    }

    #[test]
    fn what_is_no_file_is_the_desk() {
        let assets = assets();
        let page = format!("<meta content=\"{}\">", assets.build());
        for path in ["/", "/supervisors", "/administrators", "/anything/admin"] {
            assert_eq!(assets.find(path).unwrap().plain, page, "{path}");
        }
        assert!(assets.find("/missing.js").is_none());
        assert!(assets.find("/").unwrap().brotli.is_none());
    }

    #[test]
    fn the_administration_and_the_wall_have_pages_of_their_own() {
        let assets = assets();
        let page = format!("<title>Administration</title><meta content=\"{}\">", assets.build());
        for path in ["/admin", "/admin/", "/admin/transfers", "/admin/nowhere"] {
            let found = assets.find(path).unwrap();
            assert_eq!(found.plain, page, "{path}");
            assert!(found.brotli.is_none(), "{path}");
        }
        assert!(assets.find("/admin/missing.js").is_none());
        let page = format!("<title>Wall</title><meta content=\"{}\">", assets.build());
        assert_eq!(assets.find("/supervisor").unwrap().plain, page);
    }

    #[test]
    fn the_chat_and_its_files_are_found_with_and_without_their_folder() {
        let assets = assets();
        assert_eq!(assets.find("/chat").unwrap().plain, "chat");
        assert_eq!(assets.find("/chat.js").unwrap().plain, "script");
        assert_eq!(assets.find("/chat/chat.js").unwrap().plain, "script");
        assert_eq!(assets.find("/widget.js").unwrap().plain, "widget");
    }

    #[test]
    fn only_names_with_a_hash_never_change() {
        assert!(is_hashed("desk-0123456789abcdef_bg.wasm"));
        assert!(is_hashed("base-0123456789abcdef.css"));
        assert!(!is_hashed("boot.js"));
        assert!(!is_hashed("chat/chat.js"));
    }

    #[test]
    fn brotli_is_sent_to_those_who_take_it() {
        let accepts = |value: &'static str| {
            accepts_brotli(&HeaderMap::from_iter([(
                header::ACCEPT_ENCODING,
                HeaderValue::from_static(value),
            )]))
        };
        assert!(accepts("gzip, deflate, br, zstd"));
        assert!(accepts("br;q=0.5"));
        assert!(!accepts("gzip, br;q=0"));
        assert!(!accepts("gzip"));
    }
}

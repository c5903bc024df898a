//! A page of HTML with figures and pictures in it, and nothing to fetch and no script.

use std::fmt::Write;

use cantilena_plot::Picture;

/// An HTML page under way.
pub(crate) struct Page {
    html: String,
}

/// Legible by day and night and on paper.
const STYLE: &str = "\
:root{color-scheme:light dark;--ink:#1d2230;--quiet:#5a6172;--ground:#fff;--line:#d9dce3}\
@media(prefers-color-scheme:dark){:root{--ink:#e8eaf0;--quiet:#a4abba;--ground:#14171f;--line:#343a48}}\
body{margin:0 auto;max-width:52rem;padding:1.5rem;background:var(--ground);color:var(--ink);\
font:1rem/1.5 system-ui,sans-serif}h1{font-size:1.6rem}h2{font-size:1.15rem;margin-top:2.2rem}\
.wide{overflow-x:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums}\
td,th{text-align:left;padding:.25rem 1.25rem .25rem 0;border-bottom:1px solid var(--line)}\
th{color:var(--quiet);font-weight:500}figure{margin:1rem 0;break-inside:avoid}\
svg{max-width:100%;height:auto}pre{overflow-x:auto;color:var(--quiet)}\
@media print{body{max-width:none;padding:0}h2{break-after:avoid}}";

impl Page {
    pub(crate) fn new(title: &str) -> Page {
        let title = escaped(title);
        Page {
            html: format!(
                "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
                 <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
                 <title>{title}</title><style>{STYLE}</style></head>\n<body><h1>{title}</h1>\n"
            ),
        }
    }

    pub(crate) fn heading(&mut self, text: &str) {
        let _ = writeln!(self.html, "<h2>{}</h2>", escaped(text));
    }

    pub(crate) fn paragraph(&mut self, text: &str) {
        let _ = writeln!(self.html, "<p>{}</p>", escaped(text));
    }

    pub(crate) fn code(&mut self, text: &str) {
        let _ = writeln!(self.html, "<pre>{}</pre>", escaped(text));
    }

    pub(crate) fn picture(&mut self, picture: &Picture) {
        let _ = writeln!(self.html, "<figure>{}</figure>", picture.svg());
    }

    pub(crate) fn table(&mut self, head: &[&str], rows: &[Vec<String>]) {
        let cells = |tag: &str, cells: &mut dyn Iterator<Item = String>| {
            cells.map(|cell| format!("<{tag}>{}</{tag}>", escaped(&cell))).collect::<String>()
        };
        let head = cells("th", &mut head.iter().map(|&cell| cell.to_owned()));
        // On a narrow screen the table is scrolled, by finger or by key, and not the page.
        let _ = writeln!(self.html, "<div class=\"wide\" tabindex=\"0\"><table><tr>{head}</tr>");
        for row in rows {
            let row = cells("td", &mut row.iter().cloned());
            let _ = writeln!(self.html, "<tr>{row}</tr>");
        }
        self.html.push_str("</table></div>\n");
    }

    pub(crate) fn finish(mut self) -> String {
        self.html.push_str("</body></html>\n");
        self.html
    }
}

/// Text that means nothing but itself in HTML.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            other => safe.push(other),
        }
    }
    safe
}

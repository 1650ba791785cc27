//! A warp in Rust as a worker: from doc/protocol.md alone, by the standard library, and
//! no unsafe code but to take over the descriptors.  The nearest pixel (halfway, the one
//! after), border constant, replicate or wrap, of float32 and float64 images, by a 2x3
//! matrix; the gradients of the image and of the border value.  The memory files are
//! read and written as files: what is mapped elsewhere shows at once.
//!
//!     rustc -O warp_worker.rs
//!     warpcheck verify 'worker:./warp_worker'

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::fd::FromRawFd;
use std::os::unix::fs::FileExt;

// ---- JSON: as much of it as the host's messages have ----

#[derive(Default)]
struct Value {
    text: String, // of a string or a word
    keys: Vec<String>,
    items: Vec<Value>,
}

impl Value {
    fn get(&self, key: &str) -> &Value {
        static NOTHING: Value = Value { text: String::new(), keys: Vec::new(), items: Vec::new() };
        self.keys.iter().position(|k| k == key).map_or(&NOTHING, |i| &self.items[i])
    }
    fn number(&self) -> usize {
        self.text.parse::<f64>().unwrap_or(0.0) as usize
    }
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn peek(&mut self) -> u8 {
        while self.at < self.text.len() && self.text[self.at].is_ascii_whitespace() {
            self.at += 1;
        }
        *self.text.get(self.at).unwrap_or(&0)
    }
    fn expect(&mut self, wanted: u8) {
        assert_eq!(self.peek(), wanted, "the message is no JSON");
        self.at += 1;
    }
    fn string(&mut self) -> String {
        let mut bytes = Vec::new();
        self.expect(b'"');
        while self.text[self.at] != b'"' {
            if self.text[self.at] == b'\\' {
                self.at += 1; // names and words escape nothing but quotes and backslashes
            }
            bytes.push(self.text[self.at]);
            self.at += 1;
        }
        self.at += 1;
        String::from_utf8_lossy(&bytes).into_owned()
    }
    fn read(&mut self) -> Value {
        let mut value = Value::default();
        match self.peek() {
            open @ (b'{' | b'[') => {
                let close = open + 2; // in ASCII
                self.at += 1;
                while self.peek() != close {
                    if open == b'{' {
                        value.keys.push(self.string());
                        self.expect(b':');
                    }
                    value.items.push(self.read());
                    if self.peek() == b',' {
                        self.at += 1;
                    }
                }
                self.at += 1;
            }
            b'"' => value.text = self.string(),
            _ => {
                while !b",]} \t\r\n".contains(self.text.get(self.at).unwrap_or(&b',')) {
                    value.text.push(self.text[self.at] as char);
                    self.at += 1;
                }
            }
        }
        value
    }
}

// ---- arrays: numbers in double precision, whatever their type ----

struct Array {
    name: String,
    wide: bool, // float64
    offset: u64,
    shape: Vec<usize>,
    numbers: Vec<f64>,
}

impl Array {
    fn new(described: &Value) -> Array {
        let shape: Vec<usize> = described.get("shape").items.iter().map(Value::number).collect();
        let count = shape.iter().product();
        Array {
            name: described.get("name").text.clone(),
            wide: described.get("dtype").text == "float64",
            offset: described.get("offset").number() as u64,
            shape,
            numbers: vec![0.0; count],
        }
    }
    fn size(&self) -> usize {
        self.numbers.len() * if self.wide { 8 } else { 4 }
    }
    fn take(&mut self, bytes: &[u8]) {
        for (i, number) in self.numbers.iter_mut().enumerate() {
            *number = if self.wide {
                f64::from_le_bytes(bytes[8 * i..8 * i + 8].try_into().unwrap())
            } else {
                f32::from_le_bytes(bytes[4 * i..4 * i + 4].try_into().unwrap()) as f64
            };
        }
    }
    fn bytes(&self) -> Vec<u8> {
        let wide = |x: &f64| x.to_le_bytes().to_vec();
        let narrow = |x: &f64| (*x as f32).to_le_bytes().to_vec();
        self.numbers.iter().flat_map(|x| if self.wide { wide(x) } else { narrow(x) }).collect()
    }
}

/// Sizes and steps along N, C, H and W.
struct View {
    size: [usize; 4],
    step: [usize; 4],
}

impl View {
    fn new(shape: &[usize], layout: &str) -> Result<View, String> {
        let mut view = View { size: [1; 4], step: [0; 4] };
        let mut step = 1;
        for (axis, letter) in layout.chars().enumerate().collect::<Vec<_>>().into_iter().rev() {
            let k = "NCHW".find(letter).ok_or(format!("layout {layout}"))?;
            view.size[k] = shape[axis];
            view.step[k] = step;
            step *= shape[axis];
        }
        Ok(view)
    }
    fn at(&self, n: usize, c: usize, y: usize, x: usize) -> usize {
        n * self.step[0] + c * self.step[1] + y * self.step[2] + x * self.step[3]
    }
}

// ---- the warp ----

/// Where a coordinate reads along an axis; None: the border value.
fn index(u: f64, n: usize, border: &str) -> Option<usize> {
    let i = (u + 0.5).floor();
    let last = n as f64 - 1.0;
    match border {
        _ if (0.0..=last).contains(&i) => Some(i as usize),
        "replicate" => Some(if i < 0.0 { 0 } else { n - 1 }),
        "wrap" => Some(i.rem_euclid(n as f64) as usize),
        _ => None,
    }
}

/// From output to source: as given, or its inverse.
fn backward(m: &[f64], inverse_map: bool) -> Result<[f64; 6], String> {
    let det = m[0] * m[4] - m[1] * m[3];
    if inverse_map {
        return Ok([m[0], m[1], m[2], m[3], m[4], m[5]]);
    }
    if det == 0.0 {
        return Err("singular matrix".into());
    }
    let (a, b, d, e) = (m[4] / det, -m[1] / det, -m[3] / det, m[0] / det);
    Ok([a, b, -(a * m[2] + b * m[5]), d, e, -(d * m[2] + e * m[5])])
}

fn position<'a>(arrays: &'a [Array], name: &str) -> Result<usize, String> {
    arrays.iter().position(|a| a.name == name).ok_or(format!("call without {name}"))
}

/// Fills the wanted arrays.
fn warp(message: &Value, given: &[Array], wanted: &mut [Array]) -> Result<(), String> {
    let spec = message.get("spec");
    let (border, layout) = (spec.get("border").text.as_str(), spec.get("layout").text.as_str());
    if spec.get("convention").text != "warp" || spec.get("interp").text != "nearest" {
        return Err(format!("kernel {}", spec.get("interp").text));
    }
    if !["constant", "replicate", "wrap"].contains(&border) {
        return Err(format!("border {border}"));
    }
    for array in message.get("arrays").items.iter() {
        if !["float32", "float64"].contains(&array.get("dtype").text.as_str()) {
            return Err(format!("type {}", array.get("dtype").text));
        }
    }
    let image = &given[position(given, "image")?];
    let matrix = &given[position(given, "matrix")?];
    let fill = given.iter().find(|a| a.name == "border_value");
    let back = backward(&matrix.numbers, spec.get("inverse_map").text == "true")?;
    let forward = message.get("call").text == "forward";
    let upstream = if forward { None } else { Some(&given[position(given, "grad_output")?]) };
    let shape = upstream.map_or_else(|| wanted[0].shape.clone(), |a| a.shape.clone());
    let (from, to) = (View::new(&image.shape, layout)?, View::new(&shape, layout)?);

    for y in 0..to.size[2] {
        for x in 0..to.size[3] {
            let (fx, fy) = (x as f64, y as f64);
            let column = index(back[0] * fx + back[1] * fy + back[2], from.size[3], border);
            let row = index(back[3] * fx + back[4] * fy + back[5], from.size[2], border);
            for n in 0..from.size[0] {
                for c in 0..from.size[1] {
                    let sample = to.at(n, c, y, x);
                    let pixel = row.zip(column).map(|(i, j)| from.at(n, c, i, j));
                    for array in wanted.iter_mut() {
                        match (array.name.as_str(), pixel) {
                            ("output", Some(p)) => array.numbers[sample] = image.numbers[p],
                            ("output", None) => {
                                array.numbers[sample] = fill.map_or(0.0, |f| f.numbers[c])
                            }
                            ("grad_image", Some(p)) => {
                                array.numbers[p] += upstream.unwrap().numbers[sample]
                            }
                            ("grad_border_value", None) => {
                                array.numbers[c] += upstream.unwrap().numbers[sample]
                            }
                            _ => {}
                        }
                    }
                }
            }
        }
    }
    Ok(())
}

// ---- the conversation ----

struct Host {
    requests: BufReader<File>,
    replies: File,
    memory: Option<(File, File)>, // inputs, outputs
}

impl Host {
    /// False where the host has closed.
    fn line(&mut self, text: &mut String) -> io::Result<bool> {
        text.clear();
        Ok(self.requests.read_line(text)? > 0)
    }
    fn fetch(&mut self, array: &mut Array) -> io::Result<()> {
        let mut bytes = vec![0; array.size()];
        match &self.memory {
            Some((inputs, _)) => inputs.read_exact_at(&mut bytes, array.offset)?,
            None => self.requests.read_exact(&mut bytes)?,
        }
        array.take(&bytes);
        Ok(())
    }
    fn answer(&mut self, line: &str) -> io::Result<()> {
        let message = Reader { text: line.as_bytes(), at: 0 }.read();
        let id = message.get("id").text.clone();
        let mut given: Vec<Array> = message.get("arrays").items.iter().map(Array::new).collect();
        let mut wanted: Vec<Array> = message.get("want").items.iter().map(Array::new).collect();
        for array in given.iter_mut() {
            self.fetch(array)?;
        }
        if let Err(refused) = warp(&message, &given, &mut wanted) {
            return writeln!(
                self.replies,
                "{{\"id\": {id}, \"error\": \"unsupported\", \"message\": \"no {refused}\"}}"
            );
        }
        let Some((_, outputs)) = &self.memory else {
            let listed: Vec<String> = wanted.iter().map(|a| {
                let dtype = if a.wide { "float64" } else { "float32" };
                format!("{{\"name\": \"{}\", \"dtype\": \"{dtype}\", \"shape\": {:?}}}", a.name, a.shape)
            }).collect();
            writeln!(self.replies, "{{\"id\": {id}, \"ok\": true, \"arrays\": [{}]}}", listed.join(", "))?;
            for array in &wanted {
                self.replies.write_all(&array.bytes())?;
            }
            return Ok(());
        };
        for array in &wanted {
            outputs.write_all_at(&array.bytes(), array.offset)?;
        }
        writeln!(self.replies, "{{\"id\": {id}, \"ok\": true}}")
    }
}

fn main() -> io::Result<()> {
    let told = std::env::var("WARPCHECK_FDS").unwrap_or_default();
    let numbers: Vec<i32> = told.split_whitespace().filter_map(|n| n.parse().ok()).collect();
    if numbers.len() != 2 && numbers.len() != 4 {
        eprintln!("run me by: warpcheck verify 'worker:./warp_worker'");
        std::process::exit(2);
    }
    // Sound: the descriptors are ours alone, as the protocol says.
    let file = |i: usize| unsafe { File::from_raw_fd(numbers[i]) };
    let mut host = Host {
        requests: BufReader::new(file(0)),
        replies: file(1),
        memory: (numbers.len() == 4).then(|| (file(2), file(3))),
    };
    let mut line = String::new();

    if !host.line(&mut line)? {
        return Ok(());
    }
    writeln!(
        host.replies,
        "{{\"warpcheck\": [1, 0], \"name\": \"Rust example 1.0\", \"serves\": {{\"conventions\": [\"warp\"], \
         \"arrays\": [\"matrix\"], \"gradients\": [\"image\", \"border_value\"], \
         \"dtypes\": [\"float32\", \"float64\"]}}}}"
    )?;
    while host.line(&mut line)? {
        host.answer(&line)?;
    }
    Ok(())
}

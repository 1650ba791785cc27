// A warp in C++ as a worker: from doc/protocol.md alone, by the standard library and
// mmap.  Bilinear, border constant or replicate, of float32 and float64 images, by a
// 2x3 matrix; the gradients of the image and of the border value.
//
//     c++ -std=c++17 -O2 -o warp_worker warp_worker.cpp
//     warpcheck verify 'worker:./warp_worker'

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

// ---- JSON: as much of it as the host's messages have ----

struct Value {
    std::string text;              // of a string or a word
    std::vector<std::string> keys; // of an object, one for each item
    std::vector<Value> items;

    const Value &operator[](const std::string &key) const
    {
        static const Value nothing;

        for (std::size_t i = 0; i < keys.size(); i++) {
            if (keys[i] == key)
                return items[i];
        }
        return nothing;
    }
    double number() const { return std::atof(text.c_str()); }
};

class Reader {
  public:
    explicit Reader(const std::string &text) : text_(text) {}

    Value read()
    {
        Value value;

        if (peek() == '{' || peek() == '[')
            read_items(value);
        else if (peek() == '"')
            value.text = string();
        else
            while (at_ < text_.size() && std::strchr(",]} \t\r\n", text_[at_]) == nullptr)
                value.text += text_[at_++];
        return value;
    }

  private:
    void read_items(Value &value)
    {
        bool object = take() == '{';
        char close = object ? '}' : ']';

        if (peek() == close) {
            at_++;
            return;
        }
        do {
            if (object) {
                value.keys.push_back(string());
                expect(':');
            }
            value.items.push_back(read());
        } while (peek() == ',' && take() == ',');
        expect(close);
    }

    std::string string()
    {
        std::string result;

        expect('"');
        while (at_ < text_.size() && text_[at_] != '"') {
            if (text_[at_] == '\\')
                at_++; // names and words escape nothing but quotes and backslashes
            result += take();
        }
        expect('"');
        return result;
    }

    char peek()
    {
        while (at_ < text_.size() && std::isspace((unsigned char)text_[at_]) != 0)
            at_++;
        return at_ < text_.size() ? text_[at_] : '\0';
    }
    char take() { return at_ < text_.size() ? text_[at_++] : '\0'; }
    void expect(char wanted)
    {
        if (peek() != wanted)
            throw std::runtime_error("the message is no JSON");
        at_++;
    }

    const std::string &text_;
    std::size_t at_ = 0;
};

// ---- arrays ----

std::size_t size_of(const Value &described)
{
    return described["dtype"].text == "float64" ? 8 : 4;
}

struct Array {
    std::string name;
    bool wide = false; // float64
    std::vector<std::size_t> shape, strides;
    char *data = nullptr;
    std::vector<char> own; // what came, or goes, by pipe

    double get(std::size_t i) const
    {
        return wide ? reinterpret_cast<const double *>(data)[i]
                    : double(reinterpret_cast<const float *>(data)[i]);
    }
    void set(std::size_t i, double value)
    {
        if (wide)
            reinterpret_cast<double *>(data)[i] = value;
        else
            reinterpret_cast<float *>(data)[i] = float(value);
    }
    std::size_t count() const
    {
        std::size_t product = 1;

        for (std::size_t n : shape)
            product *= n;
        return product;
    }
};

Array describe(const Value &described)
{
    Array array;
    std::size_t step = 1;

    array.name = described["name"].text;
    array.wide = size_of(described) == 8;
    for (const Value &n : described["shape"].items)
        array.shape.push_back(std::size_t(n.number()));
    array.strides.resize(array.shape.size());
    for (std::size_t axis = array.shape.size(); axis-- > 0;) {
        array.strides[axis] = step;
        step *= array.shape[axis];
    }
    // This worker takes what the host sends: all arrays C-contiguous.
    if (!described["strides"].items.empty())
        throw std::invalid_argument("strides");
    return array;
}

// One of the two memory files; it grows, and is mapped anew where it has.
class File {
  public:
    File(int descriptor, int protection)
        : descriptor_(descriptor), protection_(protection)
    {
    }

    char *at(std::size_t offset)
    {
        struct stat now = {};

        fstat(descriptor_, &now);
        if (std::size_t(now.st_size) != size_) {
            if (start_ != nullptr)
                munmap(start_, size_);
            size_ = std::size_t(now.st_size);
            start_ = static_cast<char *>(
                mmap(nullptr, size_, protection_, MAP_SHARED, descriptor_, 0));
            if (start_ == MAP_FAILED)
                throw std::runtime_error("the memory file cannot be mapped");
        }
        return start_ + offset;
    }

  private:
    int descriptor_, protection_;
    char *start_ = nullptr;
    std::size_t size_ = 0;
};

// ---- the conversation ----

struct Host {
    int requests = -1, replies = -1;
    bool shared = false;
    File inputs{-1, 0}, outputs{-1, 0};
    std::string pending; // read already

    // False where the host has closed.
    bool fill()
    {
        char bytes[65536];
        ssize_t got = read(requests, bytes, sizeof bytes);

        if (got > 0)
            pending.append(bytes, std::size_t(got));
        return got > 0;
    }
    bool line(std::string &text)
    {
        std::size_t end;

        while ((end = pending.find('\n')) == std::string::npos) {
            if (!fill())
                return false;
        }
        text = pending.substr(0, end);
        pending.erase(0, end + 1);
        return true;
    }
    void bytes(std::vector<char> &to)
    {
        while (pending.size() < to.size()) {
            if (!fill())
                throw std::runtime_error("the host is gone");
        }
        std::memcpy(to.data(), pending.data(), to.size());
        pending.erase(0, to.size());
    }
    void say(const char *from, std::size_t left)
    {
        while (left > 0) {
            ssize_t put = write(replies, from, left);

            if (put <= 0)
                throw std::runtime_error("the host is gone");
            from += put;
            left -= std::size_t(put);
        }
    }
    void say(const std::string &text) { say(text.data(), text.size()); }
};

// ---- the warp ----

struct Image {
    Array *array = nullptr;
    std::size_t size[4] = {1, 1, 1, 1}, step[4] = {0, 0, 0, 0}; // N, C, H, W

    Image() = default;
    Image(Array &of, const std::string &layout) : array(&of)
    {
        for (std::size_t axis = 0; axis < layout.size(); axis++) {
            std::size_t k = std::string("NCHW").find(layout[axis]);

            if (k == std::string::npos || axis >= of.shape.size())
                throw std::invalid_argument("layout " + layout);
            size[k] = of.shape[axis];
            step[k] = of.strides[axis];
        }
    }
    std::size_t at(std::size_t n, std::size_t c, std::size_t y, std::size_t x) const
    {
        return n * step[0] + c * step[1] + y * step[2] + x * step[3];
    }
};

struct Tap {
    bool inside;
    std::size_t y, x;
    double weight;
};

struct Call {
    std::vector<Array> given, wanted;
    Image image;
    double back[6] = {};
    bool replicate = false;

    Array *find(std::vector<Array> &arrays, const char *name)
    {
        for (Array &array : arrays) {
            if (array.name == name)
                return &array;
        }
        return nullptr;
    }
    Array &need(std::vector<Array> &arrays, const char *name)
    {
        Array *found = find(arrays, name);

        if (found == nullptr)
            throw std::invalid_argument(std::string("a call without ") + name);
        return *found;
    }

    // From output to source: as given, or its inverse.
    void read_matrix(bool inverse_map)
    {
        Array &matrix = need(given, "matrix");
        double m[6], det;

        for (std::size_t i = 0; i < 6; i++)
            m[i] = matrix.get(i);
        det = m[0] * m[4] - m[1] * m[3];
        if (inverse_map) {
            std::memcpy(back, m, sizeof m);
            return;
        }
        if (!(std::fabs(det) > 0.0))
            throw std::invalid_argument("a singular matrix");
        back[0] = m[4] / det;
        back[1] = -m[1] / det;
        back[3] = -m[3] / det;
        back[4] = m[0] / det;
        back[2] = -(back[0] * m[2] + back[1] * m[5]);
        back[5] = -(back[3] * m[2] + back[4] * m[5]);
    }

    void taps(double x, double y, Tap tap[4]) const
    {
        double left = std::floor(x), top = std::floor(y);
        double width = double(image.size[3]), height = double(image.size[2]);

        for (int i = 0; i < 4; i++) {
            double column = left + i % 2, row = top + i / 2;
            double s = x - left, t = y - top;

            tap[i].weight = (i % 2 != 0 ? s : 1.0 - s) * (i / 2 != 0 ? t : 1.0 - t);
            tap[i].inside = replicate || (column >= 0.0 && column < width &&
                                          row >= 0.0 && row < height);
            column = std::fmin(std::fmax(column, 0.0), width - 1.0);
            row = std::fmin(std::fmax(row, 0.0), height - 1.0);
            tap[i].x = std::size_t(column);
            tap[i].y = std::size_t(row);
        }
    }

    // Calls visit(n, c, y, x, tap) for each tap of each sample of `samples`.
    template <typename Visit> void each_tap(const Image &samples, Visit visit) const
    {
        for (std::size_t y = 0; y < samples.size[2]; y++) {
            for (std::size_t x = 0; x < samples.size[3]; x++) {
                Tap tap[4];

                taps(back[0] * double(x) + back[1] * double(y) + back[2],
                     back[3] * double(x) + back[4] * double(y) + back[5], tap);
                for (std::size_t p = 0; p < image.size[0] * image.size[1]; p++) {
                    for (const Tap &one : tap)
                        visit(p / image.size[1], p % image.size[1], y, x, one);
                }
            }
        }
    }

    void forward(const std::string &layout)
    {
        Array &array = need(wanted, "output");
        Array *border = find(given, "border_value");
        Image output(array, layout);
        std::vector<double> sums(array.count(), 0.0);

        each_tap(output, [&](std::size_t n, std::size_t c, std::size_t y, std::size_t x,
                             const Tap &tap) {
            double pixel = tap.inside ? image.array->get(image.at(n, c, tap.y, tap.x))
                           : border != nullptr ? border->get(c)
                                               : 0.0;

            sums[output.at(n, c, y, x)] += tap.weight * pixel;
        });
        for (std::size_t i = 0; i < sums.size(); i++)
            array.set(i, sums[i]);
    }

    void vjp(const std::string &layout)
    {
        Array &upstream = need(given, "grad_output");
        Array *to_image = find(wanted, "grad_image");
        Array *to_border = find(wanted, "grad_border_value");
        Image samples(upstream, layout);
        std::vector<double> pixels(image.array->count(), 0.0);
        std::vector<double> border(to_border != nullptr ? to_border->count() : 0, 0.0);

        each_tap(samples, [&](std::size_t n, std::size_t c, std::size_t y,
                              std::size_t x, const Tap &tap) {
            double sent = tap.weight * upstream.get(samples.at(n, c, y, x));

            if (tap.inside)
                pixels[image.at(n, c, tap.y, tap.x)] += sent;
            else if (c < border.size())
                border[c] += sent;
        });
        for (std::size_t i = 0; to_image != nullptr && i < pixels.size(); i++)
            to_image->set(i, pixels[i]);
        for (std::size_t i = 0; i < border.size(); i++)
            to_border->set(i, border[i]);
    }
};

// ---- answers ----

void check(const Value &message)
{
    const Value &spec = message["spec"];
    std::string border = spec["border"].text;

    if (spec["convention"].text != "warp" || spec["interp"].text != "bilinear")
        throw std::invalid_argument("kernel " + spec["interp"].text);
    if (border != "constant" && border != "replicate")
        throw std::invalid_argument("border " + border);
    for (const Value &array : message["arrays"].items) {
        if (array["dtype"].text != "float32" && array["dtype"].text != "float64")
            throw std::invalid_argument("type " + array["dtype"].text);
    }
}

// What is listed by a pipe's answer; the arrays' bytes follow it.
std::string listed(const Call &call)
{
    std::ostringstream text;
    const char *link = ", \"arrays\": [";

    for (const Array &array : call.wanted) {
        text << link << "{\"name\": \"" << array.name << "\", \"dtype\": \""
             << (array.wide ? "float64" : "float32") << "\", \"shape\": [";
        for (std::size_t i = 0; i < array.shape.size(); i++)
            text << (i > 0 ? ", " : "") << array.shape[i];
        text << "]}";
        link = ", ";
    }
    text << "]";
    return text.str();
}

void gather(Host &host, const Value &message, Call &call)
{
    for (const Value &described : message["arrays"].items) {
        call.given.push_back(describe(described));
        Array &array = call.given.back();

        if (host.shared) {
            array.data = host.inputs.at(std::size_t(described["offset"].number()));
        } else {
            array.own.resize(array.count() * size_of(described));
            host.bytes(array.own);
        }
    }
    for (const Value &described : message["want"].items) {
        call.wanted.push_back(describe(described));
        Array &array = call.wanted.back();

        if (host.shared)
            array.data = host.outputs.at(std::size_t(described["offset"].number()));
        else
            array.own.resize(array.count() * size_of(described));
    }
    for (auto *arrays : {&call.given, &call.wanted}) {
        for (Array &array : *arrays)
            array.data = host.shared ? array.data : array.own.data();
    }
}

void answer(Host &host, const std::string &line)
{
    Value message = Reader(line).read();
    std::string id = "{\"id\": " + message["id"].text;
    const Value &spec = message["spec"];
    Call call;

    try {
        gather(host, message, call); // first: by pipe the bytes are there in any case
        check(message);
        call.replicate = spec["border"].text == "replicate";
        call.image = Image(call.need(call.given, "image"), spec["layout"].text);
        call.read_matrix(spec["inverse_map"].text == "true");
        if (message["call"].text == "forward")
            call.forward(spec["layout"].text);
        else if (message["call"].text == "vjp")
            call.vjp(spec["layout"].text);
        else
            throw std::invalid_argument("call " + message["call"].text);
    } catch (const std::invalid_argument &refused) {
        host.say(id + ", \"error\": \"unsupported\", \"message\": \"no " +
                 refused.what() + "\"}\n");
        return;
    }
    host.say(id + ", \"ok\": true" + (host.shared ? "" : listed(call)) + "}\n");
    for (const Array &array : call.wanted) {
        if (!host.shared)
            host.say(array.own.data(), array.own.size());
    }
}

} // namespace

int main()
{
    const char *told = std::getenv("WARPCHECK_FDS");
    std::istringstream descriptors(told != nullptr ? told : "");
    int inputs = -1, outputs = -1;
    Host host;
    std::string line;

    if (!(descriptors >> host.requests >> host.replies)) {
        static const char text[] = "run me by: warpcheck verify 'worker:./warp_worker'\n";

        return write(STDERR_FILENO, text, sizeof text - 1) > 0 ? 2 : 3;
    }
    if (descriptors >> inputs >> outputs) {
        host.shared = true;
        host.inputs = File(inputs, PROT_READ);
        host.outputs = File(outputs, PROT_READ | PROT_WRITE);
    }
    try {
        if (!host.line(line))
            return 0;
        host.say("{\"warpcheck\": [1, 0], \"name\": \"C++ example 1.0\", \"serves\": "
                 "{\"conventions\": [\"warp\"], \"arrays\": [\"matrix\"], "
                 "\"gradients\": [\"image\", \"border_value\"], "
                 "\"dtypes\": [\"float32\", \"float64\"]}}\n");
        while (host.line(line))
            answer(host, line);
    } catch (const std::exception &fault) {
        std::string text = std::string("warp_worker: ") + fault.what() + "\n";

        return write(STDERR_FILENO, text.data(), text.size()) > 0 ? 1 : 3;
    }
    return 0;
}

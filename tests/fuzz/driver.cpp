// SPDX-License-Identifier: MIT
//
// Drives a target without clang: its kept corpus, then mutations of it that follow from a seed.
//   TARGET --corpus DIR [--dictionary FILE] [--runs N] [--seed S] [--only N] [FILE…]
// An input that fails is told by its number; --only N runs it again, and --save FILE keeps it.
#include "fuzz/fuzz.h"

#include <unistd.h>
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

/// As libFuzzer calls it: where a target has one.
extern "C" __attribute__((weak)) int LLVMFuzzerInitialize(int* argc, char*** argv);

namespace {

using Bytes = std::string;

constexpr std::size_t kMostBytes = 64 * 1024;
constexpr int kMostMutations = 6;

/// What a crash tells; written before each input, read by the signal handler.
char currentInput[512];

void tellInput(int signal) {
    const auto written = write(2, currentInput, std::strlen(currentInput));
    (void)written;
    std::signal(signal, SIG_DFL);
    std::raise(signal);
}

void run(const Bytes& bytes, const std::string& name) {
    std::snprintf(currentInput, sizeof currentInput, "failed: %s\n", name.c_str());
    // A copy of its own size: a sanitizer sees who reads beyond it.
    const std::vector<std::uint8_t> exact(bytes.begin(), bytes.end());
    LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

Bytes readFile(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return Bytes(std::istreambuf_iterator<char>(file), {});
}

std::vector<std::filesystem::path> filesOf(const std::filesystem::path& directory) {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(directory))
        if (entry.is_regular_file()) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

/// libFuzzer's format: a quoted word a line, with \" \\ and \xNN.
std::vector<Bytes> readDictionary(const std::filesystem::path& path) {
    std::vector<Bytes> words;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        if (line.size() < 2 || line.front() != '"') continue;
        Bytes word;
        for (std::size_t i = 1; i + 1 < line.size(); ++i) {
            if (line[i] != '\\') {
                word += line[i];
            } else if (line[i + 1] == 'x') {
                word += static_cast<char>(std::strtol(line.substr(i + 2, 2).c_str(), nullptr, 16));
                i += 3;
            } else {
                word += line[++i];
            }
        }
        words.push_back(std::move(word));
    }
    return words;
}

/// Inputs that follow from a seed and a number alone, so that each can be made again.
class Mutator {
public:
    Mutator(std::vector<Bytes> corpus, std::vector<Bytes> words, std::uint64_t seed)
        : m_corpus(std::move(corpus)), m_words(std::move(words)), m_seed(seed) {
        if (m_corpus.empty()) m_corpus.emplace_back();
        if (m_words.empty()) m_words.emplace_back("{}");
    }

    Bytes input(std::uint64_t number) {
        m_random.seed(m_seed * 1'000'003 + number);
        Bytes bytes = m_corpus[below(m_corpus.size())];
        for (auto left = below(kMostMutations) + 1; left > 0; --left) mutate(bytes);
        if (bytes.size() > kMostBytes) bytes.resize(kMostBytes);
        return bytes;
    }

private:
    std::size_t below(std::size_t limit) { return limit == 0 ? 0 : m_random() % limit; }

    void mutate(Bytes& bytes) {
        const std::size_t at = below(bytes.size() + 1);
        const std::size_t length = below(std::min<std::size_t>(bytes.size() - at, 32) + 1);
        switch (below(8)) {
            case 0:
                if (at < bytes.size()) bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8)));
                break;
            case 1:
                if (at < bytes.size()) bytes[at] = static_cast<char>(below(256));
                break;
            case 2: bytes.insert(at, 1, static_cast<char>(below(256))); break;
            case 3: bytes.erase(at, length); break;
            case 4: bytes.insert(below(bytes.size() + 1), bytes.substr(at, length)); break;
            case 5: bytes.insert(at, m_words[below(m_words.size())]); break;
            case 6: bytes.replace(at, length, m_words[below(m_words.size())]); break;
            default: splice(bytes, at);
        }
    }

    void splice(Bytes& bytes, std::size_t at) {
        const Bytes& other = m_corpus[below(m_corpus.size())];
        const std::size_t from = below(other.size() + 1);
        bytes.replace(at, std::string::npos, other, from, std::string::npos);
    }

    std::vector<Bytes> m_corpus;
    std::vector<Bytes> m_words;
    std::uint64_t m_seed;
    std::mt19937_64 m_random;
};

struct Options {
    std::filesystem::path corpus;
    std::filesystem::path dictionary;
    std::filesystem::path save;
    std::uint64_t runs = 0;
    std::uint64_t seed = 20'261'123;
    bool one = false;
    std::uint64_t only = 0;
    std::vector<std::filesystem::path> files;
};

Options readOptions(int argc, char** argv) {
    Options options;
    for (int i = 1; i < argc; ++i) {
        const std::string name = argv[i];
        if (name.rfind("--", 0) != 0) {
            options.files.emplace_back(name);
            continue;
        }
        const char* value = i + 1 < argc ? argv[++i] : "";
        const auto number = std::strtoull(value, nullptr, 10);
        if (name == "--corpus")
            options.corpus = value;
        else if (name == "--dictionary")
            options.dictionary = value;
        else if (name == "--save")
            options.save = value;
        else if (name == "--runs")
            options.runs = number;
        else if (name == "--seed")
            options.seed = number;
        else if (name == "--only")
            options.one = true, options.only = number;
        else
            std::fprintf(stderr, "unknown option %s\n", name.c_str()), std::exit(2);
    }
    return options;
}

}  // namespace

int main(int argc, char** argv) {
    for (const int signal : {SIGABRT, SIGSEGV, SIGFPE, SIGILL, SIGBUS})
        std::signal(signal, tellInput);
    if (LLVMFuzzerInitialize != nullptr) LLVMFuzzerInitialize(&argc, &argv);
    const Options options = readOptions(argc, argv);
    for (const auto& file : options.files) run(readFile(file), file.string());
    if (options.corpus.empty()) return options.files.empty() ? 2 : 0;
    std::vector<Bytes> corpus;
    for (const auto& file : filesOf(options.corpus)) {
        corpus.push_back(readFile(file));
        if (!options.one) run(corpus.back(), file.string());
    }
    const std::size_t kept = corpus.size();
    Mutator mutator(std::move(corpus), readDictionary(options.dictionary), options.seed);
    const std::uint64_t end = options.one ? options.only + 1 : options.runs;
    for (std::uint64_t number = options.only; number < end; ++number) {
        const Bytes bytes = mutator.input(number);
        if (!options.save.empty()) std::ofstream(options.save, std::ios::binary) << bytes;
        run(bytes, "input --only " + std::to_string(number) + " of --seed " +
                       std::to_string(options.seed));
    }
    std::printf("%zu inputs of the corpus and %llu mutations hold\n", kept,
                static_cast<unsigned long long>(end - options.only));
    return kept == 0 ? 1 : 0;
}

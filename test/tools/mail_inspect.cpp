// mail_inspect FILE...   one line of JSON for each mail
// mail_inspect --time N FILE...   how long reading each takes, in microseconds, over N runs
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>

#include "inspect_json.hpp"

int main(int argc, char** argv) {
  int first = 1, runs = 0;
  if (argc > 2 && std::string_view(argv[1]) == "--time") {
    runs = std::atoi(argv[2]);
    first = 3;
  }
  for (int i = first; i < argc; ++i) {
    std::ifstream in(argv[i], std::ios::binary);
    if (!in) {
      std::cerr << argv[i] << ": cannot be read\n";
      return 66;
    }
    const std::string raw{std::istreambuf_iterator<char>(in), {}};
    if (runs == 0) {
      std::cout << hejnal::inspect_line(argv[i], hejnal::wire::parse_mail(raw)) << '\n';
      continue;
    }
    const auto begin = std::chrono::steady_clock::now();
    std::size_t sink = 0;
    for (int n = 0; n < runs; ++n) sink += hejnal::wire::parse_mail(raw).text.size();
    const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - begin;
    std::cout << raw.size() << " bytes " << took.count() / runs << " us " << argv[i] << (sink == 0 ? " (no text)" : "") << '\n';
  }
}

// Assertions that stay on in release. They guard our own reasoning and never look at what strangers sent:
// a false one is a bug, the process stops at once, and journal and outbox make that safe.
#pragma once

namespace hejnal {
[[noreturn]] void check_failed(const char* expression, const char* file, int line);
}

#define HEJNAL_CHECK(expression) \
  (static_cast<bool>(expression) ? void(0) : ::hejnal::check_failed(#expression, __FILE__, __LINE__))

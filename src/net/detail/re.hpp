// libre, the SIP stack, with what its headers expect to be told before. The one place that includes it.
#pragma once

#include <sys/socket.h>
#include <sys/types.h>

#include <cstdint>

#define HAVE_INET6
#define HAVE_STDBOOL_H
#define HAVE_STDINT_H
#define DEBUG_MODULE "hejnal"
#define DEBUG_LEVEL 0
extern "C" {
#include <re/re.h>
#include <re/re_dbg.h>
}

#include <memory>
#include <string>
#include <string_view>

namespace hejnal::net {

// What mem_alloc and its kin gave.
struct ReDeref {
  void operator()(void* p) const { mem_deref(p); }
};
template <class T>
using RePtr = std::unique_ptr<T, ReDeref>;

inline std::string_view view_of(const pl& text) {
  return text.p ? std::string_view(text.p, text.l) : std::string_view();
}

std::string re_error(int error);          // its sentence
std::string address_of(const sa& where);  // without the port; IPv4 within IPv6 as IPv4
bool read_sa(std::string_view host_port, sa& out);

}  // namespace hejnal::net

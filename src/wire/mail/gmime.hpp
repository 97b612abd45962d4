// GMime for the files of this folder: objects that free themselves, the options that everything is read with.
// Nothing outside this folder sees it. Its objects are made and used on one thread; the options are shared
// and never changed.
#pragma once

#include <gmime/gmime.h>

#include <memory>

namespace hejnal::wire {

struct Unref {
  void operator()(void* object) const { g_object_unref(object); }
};
template <class T>
using Owned = std::unique_ptr<T, Unref>;

struct Free {
  void operator()(void* bytes) const { g_free(bytes); }
};
using OwnedText = std::unique_ptr<char, Free>;

// Loose, as mail is. Also starts the library: whoever uses GMime calls this first.
GMimeParserOptions* mail_options();

}  // namespace hejnal::wire

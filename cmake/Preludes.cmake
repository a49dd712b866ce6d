# SPDX-License-Identifier: EUPL-1.2
# What makes a build from nothing short.
#
# Preludes: what most sources include, read by the compiler once instead of in each of them. A prelude
# serves targets of the same options and, in what its headers look at, the same definitions.
#
# Sources compiled together: headers that only some rooms include, templates and inline functions are
# compiled once for several sources. So names in anonymous namespaces differ within a room.
#
# Both only for g++. Every other compiler (./dev fuzz, clang-tidy) sees the sources as they are, and so
# finds an include that is missing. Sources are compiled alone in the preset debug too, where clang-tidy
# has its commands from, and where one source is changed and compiled again and again.
set(URNA_PRELUDES FALSE)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  set(URNA_PRELUDES TRUE)
  # So that ccache sees through them; and some libraries bring -pthread, which defines a name.
  add_compile_options(-fpch-preprocess -pthread)
  # Behind a prelude g++ 12 sees writes beyond short strings that there are not (GCC bug 105329) in what
  # std::string does; AddressSanitizer finds the real ones.
  add_compile_options(-Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread)
endif()

set(URNA_STANDARD_HEADERS <algorithm> <array> <chrono> <functional> <map> <memory> <optional> <set> <span>
  <string> <string_view> <utility> <variant> <vector>)

# urna_prelude(NAME [LINK library…] [OPTIONS option…] HEADERS header…)
function(urna_prelude name)
  cmake_parse_arguments(PRELUDE "" "" "LINK;OPTIONS;HEADERS" ${ARGN})
  if(NOT URNA_PRELUDES)
    return()
  endif()
  file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/${name}.cc CONTENT "")
  add_library(${name} OBJECT ${CMAKE_CURRENT_BINARY_DIR}/${name}.cc)
  target_link_libraries(${name} PRIVATE ${PRELUDE_LINK})
  target_compile_options(${name} PRIVATE ${PRELUDE_OPTIONS})
  target_precompile_headers(${name} PRIVATE ${PRELUDE_HEADERS})
endfunction()

# Has the target read the prelude first.
function(urna_use_prelude target name)
  if(URNA_PRELUDES)
    target_precompile_headers(${target} REUSE_FROM ${name})
  endif()
endfunction()

set(URNA_WIRING_OPTIONS $<$<CONFIG:Release>:-O1>)

option(URNA_UNITY "Compile the sources of a room a few at a time (g++)" ON)

# Has the sources of the target compiled a few at a time.
function(urna_compile_together target)
  if(URNA_UNITY AND URNA_PRELUDES)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE BATCH UNITY_BUILD_BATCH_SIZE 10)
    # g++ takes a source that is included for a header, which must not use anonymous namespaces.
    target_compile_options(${target} PRIVATE -Wno-subobject-linkage)
  endif()
endfunction()

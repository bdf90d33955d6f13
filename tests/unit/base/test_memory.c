// Arenas, vectors and tables.
#include <criterion/criterion.h>

#include "base/arena.h"
#include "base/os.h"
#include "base/table.h"
#include "base/vec.h"

#include <pthread.h>

Test(arena, blocks_are_zeroed_aligned_and_apart) {
  Arena arena = {0};
  char *last = NULL;
  for (size_t size = 0; size < 5000; size += 7) {
    char *block = arena_alloc(&arena, size);
    cr_assert_eq((uintptr_t)block % 16, 0);
    for (size_t i = 0; i < size; i++) cr_assert_eq(block[i], 0);
    memset(block, 0xFF, size);
    if (size) cr_assert_neq(block, last);
    last = block;
  }
  arena_deinit(&arena);
  cr_assert_null(arena.chunks);
}

Test(arena, a_large_block_leaves_the_current_chunk_in_use) {
  Arena arena = {0};
  char *first = arena_alloc(&arena, 16);
  arena_alloc(&arena, 10 << 20);
  char *second = arena_alloc(&arena, 16);
  cr_assert_eq(second - first, 16);
  arena_deinit(&arena);
}

Test(arena, a_request_of_no_bytes_takes_no_memory) {
  Arena arena = {0};
  cr_assert_not_null(arena_alloc(&arena, 0));
  size_t total = arena.total;
  for (int i = 0; i < 1000; i++) cr_assert_not_null(arena_alloc(&arena, 0));
  cr_assert_eq(arena.total, total);
  arena_deinit(&arena);
}

static void fill(Arena *arena, size_t blocks, size_t size) {
  for (size_t i = 0; i < blocks; i++) {
    char *block = arena_alloc(arena, size);
    for (size_t k = 0; k < size; k++) cr_assert_eq(block[k], 0);
    memset(block, 0xFF, size);
  }
}

Test(arena, goes_on_in_a_huge_page) {
  Arena arena = {0};
  char *page = os_huge_page();
  fill(&arena, 10, 100);
  arena_add_huge_page(&arena, page);
  char *block = arena_alloc(&arena, 16);
  cr_assert(block > page && block < page + OS_HUGE_PAGE);
  fill(&arena, 100, OS_HUGE_PAGE / 64); // more than there is room for
  arena_deinit(&arena);
}

// Also one whose size is no multiple of what blocks are aligned to.
Test(arena, lends_to_another) {
  Arena from = {0}, to = {0};
  arena_add_huge_page(&from, os_huge_page());
  arena_lend(&from, 100001, &to);
  char *first = arena_alloc(&to, 16), *behind = arena_alloc(&from, 16);
  cr_assert(first < behind && behind - first <= 100016);
  fill(&to, 1000, 80);
  cr_assert_null(to.chunks); // it has taken nothing from elsewhere
  fill(&to, 1000, 80);
  cr_assert_not_null(to.chunks);
  for (size_t i = 0; i < 16; i++) cr_assert_eq(behind[i], 0);
  arena_deinit(&from); // the memory that it has lent, too
  arena_deinit(&to);
}

static void *make_loan(void *context) {
  ArenaLoan *loan = context;
  arena_add_huge_page(&loan->room, os_huge_page());
  __atomic_store_n(&loan->made, true, __ATOMIC_RELEASE);
  return NULL;
}

// Whenever the loan comes, the arena goes on there with its next chunk, and not before.
Test(arena, goes_on_in_a_loan) {
  for (int round = 0; round < 50; round++) {
    Arena arena = {0};
    ArenaLoan loan = {0};
    pthread_t thread;
    arena_await(&arena, &loan);
    cr_assert_eq(pthread_create(&thread, NULL, make_loan, &loan), 0);
    fill(&arena, round, 1000);
    pthread_join(thread, NULL);
    fill(&arena, 100, 1000); // more than what is left of a chunk
    cr_assert_eq(arena_room(&loan.room), 0u);
    char *block = arena_alloc(&arena, 16), *page = (char *)loan.room.chunks;
    cr_assert(block > page && block < page + OS_HUGE_PAGE);
    arena_deinit(&arena);
    arena_deinit(&loan.room);
  }
}

Test(arena, texts) {
  Arena arena = {0};
  cr_assert_str_eq(arena_printf(&arena, "%s-%d", "a", 7), "a-7");
  cr_assert_str_eq(arena_strndup(&arena, "abcdef", 3), "abc");
  cr_assert_str_eq(arena_strdup(&arena, ""), "");
  arena_deinit(&arena);
}

Test(vec, grows_and_keeps_its_elements) {
  VEC(int) list = {0};
  for (int i = 0; i < 1000; i++) vec_push(&list, i * i);
  cr_assert_eq(list.len, 1000);
  cr_assert_eq(vec_last(&list), 999 * 999);
  cr_assert_eq(vec_pop(&list), 999 * 999);
  int sum = 0;
  VEC_EACH(int, it, &list) sum += *it == (it - list.data) * (it - list.data);
  cr_assert_eq(sum, 999);
  vec_free(&list);
  cr_assert_null(list.data);
}

Test(vec, structs_and_arenas) {
  typedef struct Pair {
    int a, b;
  } Pair;
  Arena arena = {0};
  VEC(Pair) list = {0};
  for (int i = 0; i < 100; i++) avec_push(&arena, &list, (Pair){i, -i});
  for (int i = 0; i < 100; i++) cr_assert_eq(list.data[i].b, -i);
  arena_deinit(&arena);
}

static void fill_and_find(Arena *arena) {
  static int keys[5000];
  PtrTable table;
  ptr_table_init(&table, arena);
  for (int i = 0; i < 5000; i++) {
    cr_assert_null(ptr_table_get(&table, &keys[i]));
    ptr_table_put(&table, &keys[i], &keys[4999 - i]);
  }
  for (int i = 0; i < 5000; i++) {
    cr_assert_eq(ptr_table_get(&table, &keys[i]), &keys[4999 - i]);
    cr_assert_eq(table.entries[i].key, &keys[i], "insertion order");
  }
  cr_assert_not(ptr_table_has(&table, &table));
  *ptr_table_slot(&table, &keys[3]) = NULL;
  cr_assert(ptr_table_has(&table, &keys[3]));
  cr_assert_eq(table.len, 5000);
  ptr_table_deinit(&table);
}

Test(table, pointers) { fill_and_find(NULL); }

Test(table, pointers_in_an_arena) {
  Arena arena = {0};
  fill_and_find(&arena);
  arena_deinit(&arena);
}

Test(table, bytes) {
  Arena arena = {0};
  BytesTable table = {0};
  for (uintptr_t i = 1; i < 3000; i++) {
    char *key = arena_printf(&arena, "key%zu", (size_t)i * 7919);
    bytes_table_put(&table, key, strlen(key), (void *)i);
  }
  for (uintptr_t i = 1; i < 3000; i++) {
    char *key = arena_printf(&arena, "key%zu", (size_t)i * 7919);
    cr_assert_eq(bytes_table_get(&table, key, strlen(key)), (void *)i);
  }
  cr_assert_null(bytes_table_get(&table, "", 0));
  bytes_table_put(&table, "", 0, &table);
  cr_assert_eq(bytes_table_get(&table, NULL, 0), &table);
  bytes_table_deinit(&table);
  arena_deinit(&arena);
}

Test(table, hashes_of_all_lengths_differ) {
  char bytes[40] = {0};
  for (size_t i = 0; i < sizeof bytes; i++)
    for (size_t j = i + 1; j < sizeof bytes; j++) cr_assert_neq(hash_bytes(bytes, i), hash_bytes(bytes, j));
}
